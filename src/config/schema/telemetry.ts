import * as z from 'zod';
import { httpUrl } from './http-url.ts';
import { section } from './section.ts';

/** `telemetry:` of gateway.yaml. */
export const telemetry = section({
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Least severe level logged'),
  access_log: z.boolean().default(true).describe('Log one line for each request'),
  otlp_endpoint: httpUrl('OTLP/HTTP endpoint for traces; default: no export').optional(),
  trace_ratio: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of new traces that are sampled, where they are exported'),
  service_name: z.string().min(1).default('weir').describe('`service.name` of logs, metrics and traces'),
});

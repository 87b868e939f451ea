import * as z from 'zod';
import { section } from './section.ts';

const namePattern = z
  .string()
  .regex(/^[!#$%&'+.^_`|~0-9A-Za-z-]+\*?$/, 'Expected a header name, or the begin of one and "*"');

/** `proxy:` of gateway.yaml. */
export const proxy = section({
  internal_headers: z
    .array(namePattern)
    .default([])
    .describe('Headers that never pass, in neither direction: names, or `x-internal-*` for all that begin so'),
  forwarded: z
    .array(z.enum(['forwarded', 'x_forwarded', 'x_real_ip']))
    .default(['forwarded', 'x_forwarded'])
    .describe(
      "How upstreams are told of the client: `Forwarded` (RFC 7239), `X-Forwarded-For`, `-Host`, `-Port`, `-Proto`, `X-Real-IP`; the client's own are removed",
    ),
  via: z
    .union([z.literal(false), z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected a name such as "edge"')])
    .optional()
    .describe(
      'Name of the gateway in `Via`, by which it knows a request that comes again; the same for all processes of a deployment; default: made from the names of host and folder; false: not sent',
    ),
});

export type ProxyDefinition = z.output<typeof proxy>;

import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { httpUrl } from './http-url.ts';
import { type SectionRule, section } from './section.ts';

const endpoint = section({
  url: httpUrl('URL of the endpoint'),
  weight: z.number().int().min(0).default(1).describe('Share of the requests, relative to the other endpoints'),
  version: z.string().min(1).optional().describe('Release that runs here; `canary` splits by it'),
  zone: z.string().min(1).optional().describe('Where it runs; endpoints of the zone of the gateway are preferred'),
});

/** Where an upstream is: keys of every upstream that is reached over HTTP. */
export const reached = {
  url: httpUrl('The one endpoint; or use `endpoints`').optional(),
  endpoints: z.array(endpoint).min(1).optional().describe('Several endpoints of one service; or use `url`'),
};

export const exactlyOneOfUrlAndEndpoints: SectionRule = {
  check(written) {
    const hasUrl = written.url !== undefined;
    const hasEndpoints = written.endpoints !== undefined;
    if (hasUrl && hasEndpoints) {
      return {
        message: 'Exactly one of "url" and "endpoints" must be given, got both',
        path: ['endpoints'],
        hint: 'Keep "url" for a single endpoint, or move it into "endpoints"',
      };
    }
    if (hasUrl || hasEndpoints) return undefined;
    return {
      message: 'Exactly one of "url" and "endpoints" must be given, got none',
      hint: 'Add the address of the service, such as `url: http://localhost:4001/`',
    };
  },
};

export const someEndpointHasWeight: SectionRule = {
  check({ endpoints }) {
    if (!Array.isArray(endpoints) || endpoints.length === 0) return undefined;
    if (endpoints.some((one: unknown) => (one as { weight?: unknown } | null)?.weight !== 0)) return undefined;
    return {
      message: 'At least one endpoint must have a weight above 0, got none',
      path: ['endpoints'],
      hint: 'Give an endpoint a weight, or remove the key (default: 1)',
    };
  },
};

export const canaryIsServed: SectionRule = {
  check({ canary, endpoints = [] }) {
    const version = isMapping(canary) ? canary.version : undefined;
    if (typeof version !== 'string' || !Array.isArray(endpoints)) return undefined;
    if (endpoints.some((one: unknown) => isMapping(one) && one.version === version)) return undefined;
    return {
      message: 'The version of the canary must be that of an endpoint, and no endpoint has it',
      path: ['canary', 'version'],
      hint: 'Give the new endpoints this `version:` in `endpoints`, or correct the one of the canary',
    };
  },
};

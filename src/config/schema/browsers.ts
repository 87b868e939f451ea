import * as z from 'zod';
import { duration, type SectionRule, section } from './section.ts';

const origin = z
  .string()
  .regex(
    /^(\*|https?:\/\/[A-Za-z0-9.*:[\]-]+|[a-z][a-z0-9+.-]*:\/\/[^/]*)$/,
    'Expected an origin such as "https://shop.example"',
  );
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name');

const noCredentialsForAll: SectionRule = {
  check({ origins, credentials }) {
    if (credentials !== true || !Array.isArray(origins) || !origins.includes('*')) return undefined;
    return {
      message: 'Credentials must not be allowed to every origin: each page could act as its visitor',
      path: ['credentials'],
      hint: 'List the origins instead of "*", or remove the key',
    };
  },
};

const cors = section(
  {
    origins: z
      .array(origin)
      .min(1)
      .describe('Origins that may read answers; `*`: all; `https://*.shop.example`: all below'),
    methods: z
      .array(z.string())
      .min(1)
      .default(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      .describe('Methods they may use'),
    allow_headers: z.array(headerName).default(['*']).describe('Headers they may set; `*`: those they ask for'),
    expose_headers: z
      .array(headerName)
      .default([
        'X-Request-ID',
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
        'X-RateLimit-Warning',
      ])
      .describe('Headers of answers that they may read'),
    credentials: z.boolean().default(false).describe('Whether cookies and TLS certificates come along'),
    max_age: duration('How long browsers keep the answer to a preflight').prefault('10m'),
  },
  noCredentialsForAll,
);

const csrf = section({
  required_headers: z
    .array(headerName)
    .default(['X-Requested-With', 'GraphQL-Require-Preflight', 'Apollo-Require-Preflight', 'X-GraphQL-Yoga-CSRF'])
    .describe('A request with one of these passes: no other page can set it without being asked for'),
  trusted_origins: z.array(origin).default([]).describe("Origins of one's own pages"),
  check_get: z
    .boolean()
    .default(false)
    .describe('Whether GET is looked at too; programs must then send one of the headers'),
});

/** The guard of GraphQL where no rule says otherwise. */
export const defaultCsrf = csrf.parse({});

const rule = section({
  host: z.string().default('*').describe('Host without port; `*.shop.example`: all below; `*`: all'),
  path: z.string().startsWith('/').default('/').describe('Path and all that is below it'),
  cors: cors.optional().describe('Who may read answers from other origins; default: nobody'),
  csrf: z
    .union([z.literal(false), csrf])
    .optional()
    .describe('Refuse what pages of other sites send unasked; default: only for GraphQL'),
});

/** `browsers:` of gateway.yaml. */
export const browsers = section({
  rules: z.array(rule).default([]).describe('The first that fits the host and the path counts'),
  security_headers: z
    .record(headerName, z.union([z.string(), z.null()]))
    .default({})
    .describe(
      'Headers of every answer; null takes away a default: X-Content-Type-Options, Referrer-Policy, X-Frame-Options. Strict-Transport-Security goes out over TLS only',
    ),
});

export type BrowsersDefinition = z.output<typeof browsers>;

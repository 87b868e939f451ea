import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { parseRoutePath } from '../route-path.ts';
import { routeCompression } from './compression.ts';
import { facts } from './facts.ts';
import { requirement } from './identity.ts';
import { path } from './path.ts';
import { regularExpression } from './regular-expression.ts';
import { routeAggregate } from './route-aggregate.ts';
import { routeCache } from './route-cache.ts';
import { routeDocument } from './route-document.ts';
import { routeTransform } from './route-transform.ts';
import { duration, type SectionRule, section, size } from './section.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name');

function routePath(description: string): z.ZodString {
  const schema = z
    .string()
    .superRefine((pattern, context) => {
      const segments = parseRoutePath(pattern);
      if (typeof segments !== 'string') return;
      const hint = 'Write `/orders` for one path, `/orders/**` for all below it, `/orders/{id}` for a parameter';
      context.addIssue({ code: 'custom', message: 'Expected a path pattern', params: { detail: segments, hint } });
    })
    .describe(description);
  facts.add(schema, { type: 'path pattern' });
  return schema;
}

const condition = z.union([
  z.string(),
  z.boolean(),
  z.strictObject({ regex: regularExpression('Regular expression in the syntax of RE2 that the value matches') }),
]);
const conditionForms = 'the value itself, true (present), false (absent) or `{ regex: … }`';

const match = section({
  hosts: z
    .array(
      z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'Expected a host in lower case, or "*." and a domain'),
    )
    .min(1)
    .optional()
    .describe('Hosts, exact or `*.` and a domain (all hosts below it); default: all'),
  listeners: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the `server.listeners` that it is served on; default: all public ones'),
  path: routePath('`/orders` alone, `/orders/**` with all below it, `/orders/{id}`, `/files/{rest*}`'),
  methods: z
    .array(z.string().regex(/^[A-Z][A-Z0-9-]*$/, 'Expected a method in upper case'))
    .min(1)
    .optional()
    .describe('HTTP methods; GET admits HEAD too; default: all'),
  headers: z.record(headerName, condition).default({}).describe(`Name of a header: ${conditionForms}; all must hold`),
  query: z
    .record(z.string().min(1), condition)
    .default({})
    .describe(`Name of a query parameter: ${conditionForms}; all must hold`),
});

/** Keys of a route of which exactly one says how it is answered. */
const ANSWERERS = ['upstream', 'aggregate', 'document'] as const;

const exactlyOneAnswerer: SectionRule = {
  check(written) {
    const given = ANSWERERS.filter((key) => written[key] !== undefined);
    if (given.length === 1) return undefined;
    const names = ANSWERERS.map((key) => `"${key}"`).join(', ');
    return {
      message: `A route must say how it is answered by exactly one of ${names}, got ${given.length === 0 ? 'none' : given.join(', ')}`,
      hint: 'Add `upstream: NAME` to send its requests on, or remove all but one',
    };
  },
};

const websocketHasUpstream: SectionRule = {
  check({ websocket, upstream }) {
    if (websocket === undefined || upstream !== undefined) return undefined;
    return {
      message: 'A WebSocket must have an upstream behind it, and the route names none',
      path: ['websocket'],
      hint: 'Remove it, or answer the route by `upstream:`',
    };
  },
};

const cacheHasAnswers: SectionRule = {
  check({ cache, match, websocket }) {
    if (cache === undefined || cache === false) return undefined;
    const methods = isMapping(match) && Array.isArray(match.methods) ? match.methods : ['GET'];
    if (!methods.includes('GET')) {
      return {
        message: 'Only answers to GET are kept, and the route does not admit it',
        path: ['cache'],
        hint: 'Remove it, or add GET to `match.methods`',
      };
    }
    if (websocket === undefined) return undefined;
    return {
      message: 'A WebSocket has no answer that could be kept, and the route is for WebSockets',
      path: ['cache'],
      hint: 'Remove it, or make two routes of this one',
    };
  },
};

/** One route of `routes:` of gateway.yaml. */
export const route = section(
  {
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'Expected a letter, then at most 63 letters, digits, "_", "." and "-"')
      .describe('Unique; in logs, metrics, limits and policies'),
    match: match.describe('The requests that it is about'),
    upstream: z.string().optional().describe('Name of the upstream that requests are sent on to'),
    aggregate: routeAggregate.optional().describe('The answer is made of the answers of several requests'),
    document: routeDocument.optional().describe('The answer is that of a GraphQL operation on the graph'),
    transform: routeTransform.optional().describe('What is changed of the request and of the answer'),
    cache: z
      .union([z.boolean(), routeCache])
      .optional()
      .describe(
        'Keeps answers to GET that may be kept by their `Cache-Control`, after `transform`; true: with the defaults; default: none are',
      ),
    tests: z
      .array(path('file', 'File of golden pairs'))
      .default([])
      .describe('Files of golden pairs of `transform`; `weir check` runs them'),
    rewrite: routePath(
      "Path sent to the upstream, with the parameters of `match.path`; default: the request's, below the path of the endpoint's URL",
    ).optional(),
    host: z
      .enum(['upstream', 'preserve'])
      .default('upstream')
      .describe("`Host` sent to the upstream: its own, or the client's"),
    auth: section(requirement).optional().describe('What it asks of its clients; default: as `auth:` says'),
    timeout: duration(
      "Longest time to the end of the answer; default: `server.request_timeout`, the upstream's `timeouts.upload` for uploads",
      {
        min: '1ms',
      },
    ).optional(),
    max_body: size('Larger bodies are refused with 413').prefault('10MiB'),
    max_headers: size('Requests with more header bytes are refused with 431').prefault('16KiB'),
    max_url: size('Longer targets are refused with 414').prefault('8KiB'),
    websocket: section({
      origins: z
        .array(z.string().regex(/^https?:\/\/[^/]+$/, 'Expected an origin such as "https://shop.example"'))
        .default([])
        .describe('Origins of pages that may connect, beside those of the same host'),
      idle: duration('Longest silence of both sides', { min: '1s' }).prefault('5m'),
      max_duration: duration(
        'Longest life of a connection; default: as long as the credential of the client',
      ).optional(),
    })
      .optional()
      .describe('Lets WebSocket connections through; `{}`: with the defaults; default: none pass'),
    compress: routeCompression
      .optional()
      .describe('Compress answers; `{ … }`: with other values than `compression` has; default: `compression.routes`'),
    allow_in_path: z
      .array(z.enum(['encoded_slash', 'empty_segment']))
      .default([])
      .describe(
        'What paths may have that services read in unlike ways: `%2F`, `//`; other requests with them are refused',
      ),
  },
  exactlyOneAnswerer,
  websocketHasUpstream,
  cacheHasAnswers,
);

export type RouteDefinition = z.output<typeof route>;

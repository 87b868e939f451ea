import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { type SectionRule, section, size } from './section.ts';

/** Content codings that answers may get, as RFC 9110 §8.4.1 and RFC 8878 name them; first the one with the best size for its cost. */
const CODINGS = ['zstd', 'br', 'gzip'] as const;

/** Media types that shrink: text, and what is text by its structure. */
const TYPES = [
  'text/*',
  '*+json',
  '*+xml',
  'application/json',
  'application/x-ndjson',
  'application/jsonl',
  'application/json-seq',
  'application/xml',
  'application/javascript',
  'application/yaml',
  'application/wasm',
  'application/x-protobuf',
  'font/ttf',
  'font/otf',
  'image/bmp',
  'image/x-icon',
];

const coding = z.enum(CODINGS);
const codings = z
  .array(coding)
  .min(1)
  .describe('Content codings, first the one that is taken where a client likes several equally');

const typePattern = z
  .string()
  .regex(
    /^(?:[a-z0-9!#$&^_.+-]+\/(?:\*|[a-z0-9!#$&^_.+-]+)|\*\+[a-z0-9!#$&^_.-]+)$/,
    'Expected a media type in lower case such as "application/json", "text/*" or "*+json"',
  )
  .refine(
    (pattern) => pattern !== 'text/event-stream' && !pattern.startsWith('application/grpc'),
    'Events and gRPC are never compressed: messages must arrive one by one',
  );
const types = z
  .array(typePattern)
  .min(1)
  .describe(
    'Media types that are compressed: `application/json`, `text/*`, `*+json`; never `text/event-stream` and gRPC',
  );

const minSize = size('Smaller bodies are sent as they are', { max: '1MiB' });
const crossSiteCookies = z
  .boolean()
  .describe(
    'Compress also for requests with cookies that a browser sends from a page of another site; such pages can learn secrets from the length of answers (BREACH)',
  );

const level = (min: number, max: number, byDefault: number) =>
  z.number().int().min(min).max(max).optional().describe(`${min} (fast) to ${max} (small); default: ${byDefault}`);
/** Of zstd and gzip the best size for the time of an answer that waits; of br the highest level that is about as fast. */
export const DEFAULT_LEVELS = { zstd: 3, br: 4, gzip: 5 } as const satisfies Record<(typeof CODINGS)[number], number>;
const levels = section({
  // Higher ones look back over more than RFC 9659 admits.
  zstd: level(1, 19, DEFAULT_LEVELS.zstd),
  br: level(0, 11, DEFAULT_LEVELS.br),
  gzip: level(1, 9, DEFAULT_LEVELS.gzip),
}).describe('How much work is put into each coding');

/** `compression:` of gateway.yaml. */
export const compression = section(
  {
    graphql: z.boolean().default(true).describe('Compress answers of the graph, and GraphiQL'),
    routes: z
      .boolean()
      .default(false)
      .describe('Compress answers of routes that do not say it themselves by `compress`'),
    codings: codings.default([...CODINGS]),
    min_size: minSize.prefault('1KiB'),
    types: types.default(TYPES),
    levels: levels.prefault({}),
    cross_site_cookies: crossSiteCookies.default(false),
  },
  codingsFit(),
);

/** `compress:` of a route. */
export const routeCompression = z.union([
  z.boolean(),
  section(
    {
      codings: codings.optional(),
      min_size: minSize.optional(),
      types: types.optional(),
      levels: levels.optional(),
      cross_site_cookies: crossSiteCookies.optional(),
    },
    codingsFit(),
  ),
]);

export type CompressionDefinition = z.output<typeof compression>;
export type RouteCompressionDefinition = z.output<typeof routeCompression>;

/** No coding twice, and a level only for a coding that is used. */
function codingsFit(): SectionRule {
  return {
    check({ codings, levels }) {
      if (!Array.isArray(codings)) return undefined;
      const again = codings.findIndex((name, index) => codings.indexOf(name) < index);
      if (again !== -1) {
        return {
          message: 'Content codings must be unique, and this one is not',
          path: ['codings', again],
          hint: 'Remove it; the first place in the list counts',
        };
      }
      const given = Object.entries(isMapping(levels) ? levels : {}).filter(([, value]) => value !== undefined);
      const [unused] = given.find(([name]) => !codings.includes(name)) ?? [];
      if (unused === undefined) return undefined;
      return {
        message: `A level must be that of a coding in use, and "${unused}" is not among "codings"`,
        path: ['levels', unused],
        hint: `Add "${unused}" to \`codings\`, or remove its level`,
      };
    },
  };
}

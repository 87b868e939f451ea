import * as z from 'zod';
import { compileMapping } from '../../mapping/mapping.ts';
import { compileTemplate } from '../../mapping/template.ts';
import { compileUrlTemplate } from '../../mapping/url-template.ts';
import { findNearest } from '../../nearest.ts';
import { isMapping } from '../mapping.ts';
import { fieldName } from './field-rules.ts';
import {
  ANSWER_VARIABLES,
  MAPPING_VERSION,
  mapping,
  pathTemplate,
  REQUEST_VARIABLES,
  template,
} from './mapping-text.ts';
import { duration, type SectionRule, section, size } from './section.ts';

const PART_VARIABLES = [...REQUEST_VARIABLES, '$parts'];
const SELECT_VARIABLES = [...ANSWER_VARIABLES, '$parts'];

/** Parts of one route; each of them is a request for every request of a client. */
const MAX_PARTS = 20;

const part = section({
  upstream: z.string().describe('Name of the upstream that is asked'),
  method: z
    .string()
    .regex(/^[A-Z][A-Z0-9-]*$/, 'Expected a method in upper case')
    .default('GET')
    .describe('Method of the request'),
  path: pathTemplate('Template of path and query, such as `/orders/{$path.id}?page={$query.page}`', PART_VARIABLES),
  headers: z
    .record(fieldName, template('Template of the value', PART_VARIABLES))
    .default({})
    .describe('Name: template of the value; without a value the header is not sent'),
  forward: z
    .array(fieldName)
    .default([])
    .describe("Headers of the client that this part gets, beside those of the upstream's `headers.forward`"),
  body: mapping('Mapping that gives the JSON body', PART_VARIABLES).optional(),
  idempotent: z.boolean().optional().describe('Whether sending twice does no harm; default: by the method'),
  select: mapping("Mapping of the part's answer; default: all of it", SELECT_VARIABLES).optional(),
  on_error: z
    .union([
      z.enum(['fail', 'omit']),
      z.strictObject({
        default: z
          .unknown()
          .refine((value) => value !== undefined, 'Expected a value')
          .describe('Value that stands for the part'),
      }),
    ])
    .default('fail')
    .describe('What becomes of the answer without this part: it fails, lacks the part, or has `{ default: value }`'),
  timeout: duration("Longest time for the part; default: the upstream's", { min: '1ms' }).optional(),
  max_body: size('Largest answer of the part, also when decoded', { max: '64MiB' }).prefault('1MiB'),
});

/** `aggregate:` of a route. */
export const routeAggregate = section(
  {
    parts: z
      .record(z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'Expected a name of letters, digits and "_"'), part)
      .refine((parts) => Object.keys(parts).length > 0, 'Expected at least one part')
      .refine((parts) => Object.keys(parts).length <= MAX_PARTS, `Expected at most ${MAX_PARTS} parts`)
      .describe('Name: a request to an upstream. A part whose texts read `$parts.NAME` is sent after that part'),
    answer: mapping(
      'Mapping of the parts by their names, which `$` is; default: an object of them',
      PART_VARIABLES,
    ).optional(),
    status: z
      .enum(['first_error', 'all', 'multi_status'])
      .default('first_error')
      .describe(
        'When a part with `on_error: fail` fails: answer with its error at once; let all parts end and answer with the worst error; never fail, and answer 207 with the status of each part',
      ),
    meta: z.boolean().default(false).describe('Whether the answer has the status of each part in `_meta`'),
    set_cookie: z.enum(['drop', 'pass']).default('drop').describe('What becomes of the cookies that parts set'),
    max_body: size('Largest body of the client where a text reads `$body`', { max: '64MiB' }).prefault('1MiB'),
  },
  partsAreInOrder(),
);

export type RouteAggregateDefinition = z.output<typeof routeAggregate>;

/** What a part reads must be there, and come before it. */
function partsAreInOrder(): SectionRule {
  return {
    check({ parts, answer }) {
      if (!isMapping(parts)) return undefined;
      const names = Object.keys(parts);
      const needs = new Map(names.map((name) => [name, partsReadBy(parts[name])]));
      for (const [name, reads] of [...needs, ['answer', readsOf(answer, compileMapping)] as const]) {
        for (const read of reads) {
          if (names.includes(read)) continue;
          const nearest = findNearest(read, names);
          return {
            message: `${name === 'answer' ? 'The answer' : `Part "${name}"`} reads "$parts.${read}", and there is no such part`,
            hint: nearest === undefined ? `Read one of: ${names.join(', ')}` : `Did you mean "${nearest}"?`,
            path: name === 'answer' ? ['answer'] : ['parts', name],
          };
        }
      }
      const cycle = findCycle(needs);
      if (cycle === undefined) return undefined;
      return {
        message: `Parts wait for each other: ${cycle.join(' → ')}`,
        hint: 'Let one of them read something else than the part that waits for it',
        path: ['parts', cycle[0] as string],
      };
    },
  };
}

function partsReadBy(part: unknown): Set<string> {
  if (!isMapping(part)) return new Set();
  const { path, headers, body, select } = part;
  return new Set([
    ...readsOf(path, (text) => compileUrlTemplate(text, MAPPING_VERSION)),
    ...Object.values(isMapping(headers) ? headers : {}).flatMap((text) => [
      ...readsOf(text, (source) => compileTemplate(source, MAPPING_VERSION)),
    ]),
    ...readsOf(body, compileMapping),
    ...readsOf(select, compileMapping),
  ]);
}

type Compile = (text: string) => {
  readonly references: readonly { readonly name: string; readonly path: readonly string[] }[];
};

function readsOf(text: unknown, compile: Compile): Set<string> {
  if (typeof text !== 'string') return new Set();
  try {
    const { references } = compile(text);
    return new Set(
      references.flatMap(({ name, path: [part] }) => (name === '$parts' && part !== undefined ? [part] : [])),
    );
  } catch {
    // What is wrong with the text is told where it stands.
    return new Set();
  }
}

function findCycle(needs: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of needs.get(name) ?? []) {
      const cycle = visit(next, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of needs.keys()) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Kind, parse, type SelectionSetNode, validate } from 'graphql';
import { readFederationLink } from '../../../src/subgraphs/federation-link.ts';
import { composeSupergraph } from '../../../src/supergraph/compose.ts';
import { createEngines } from '../../sameness/engines.ts';
import { federate } from '../../sameness/federation/federate.ts';
import { type Fixture, type FixtureResolvers, LINK, type Thing } from '../../sameness/federation/fixture.ts';
import { parseFieldSet } from '../../sameness/federation/subgraph-document.ts';
import { runOperation } from '../../sameness/run-operation.ts';

/** A federation and its data. */
export interface Graph {
  /** SDL by subgraph; Federation 2 unless it links something itself or `isFederation1`. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly isFederation1?: boolean;
  /** Entities by type: representations are matched by their keys. */
  readonly entities?: Readonly<Record<string, readonly Thing[]>>;
  readonly resolvers?: FixtureResolvers;
  /** Subgraphs that answer null for every representation. */
  readonly missingIn?: readonly string[];
  /** Undoes what mutations did; called before every query. */
  reset?(): void;
}

interface Requirement {
  /** Unique in all of the suite. */
  readonly id: string;
  /** A sentence with MUST or SHOULD. */
  readonly says: string;
}

export interface AnswerCase extends Requirement {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `data`, key order and all. */
  readonly data: unknown;
  /** Paths of the errors, joined by dots, in any order. Default: none. */
  readonly errors?: readonly string[];
  /** What a subgraph must be asked, in its last request. */
  readonly asks?: Readonly<Record<string, RegExp>>;
  /** What a subgraph must not be asked. */
  readonly neverAsks?: Readonly<Record<string, RegExp>>;
  /** How many requests subgraphs get. */
  readonly requests?: Readonly<Record<string, number>>;
  /** Engines that do not do it yet, and why. */
  readonly open?: Readonly<Record<string, string>>;
}

/** A query that the graph's schema must refuse. */
export interface RefusalCase extends Requirement {
  readonly refuses: string;
  readonly because: RegExp;
}

/** Subgraphs that must not compose. */
export interface CompositionCase extends Requirement {
  readonly composes: Readonly<Record<string, string>>;
  readonly not: string;
}

export type ConformanceCase = AnswerCase | RefusalCase | CompositionCase;

/** Runs the cases of one federation feature, each on every engine. */
export function conform(feature: string, graph: Graph, cases: readonly ConformanceCase[]): void {
  describe(feature, () => {
    const fixture = toFixture(feature, graph);
    const federation = federate(fixture);
    const { supergraph, subgraphs } = federation;
    const engines = createEngines(supergraph, subgraphs);
    for (const one of cases) {
      if ('composes' in one) {
        it(`${one.id}: ${one.says}`, () => {
          const definitions = Object.entries(one.composes).map(([name, sdl]) => ({
            name,
            sdl: `${LINK}\n${sdl}`,
            url: `http://${name}`,
          }));
          const composition = composeSupergraph(definitions);
          assert.ok('errors' in composition, 'it composes');
          assert.ok(
            composition.errors.some(({ code }) => code === one.not),
            `${composition.errors.map(({ code }) => code)}`,
          );
        });
      } else if ('refuses' in one) {
        it(`${one.id}: ${one.says}`, () => {
          const errors = validate(supergraph.apiSchema, parse(one.refuses));
          assert.match(errors.map(({ message }) => message).join('\n'), one.because);
        });
      } else {
        for (const engine of engines) {
          const skip = one.open?.[engine.name] ?? false;
          it(`${one.id} (${engine.name}): ${one.says}`, { skip }, async () => {
            assert.deepEqual(validate(supergraph.apiSchema, parse(one.query)), []);
            for (const subgraph of subgraphs.values()) subgraph.requests.length = 0;
            fixture.reset?.();
            const operation = { text: one.query, variables: one.variables ?? {} };
            const answer = await runOperation(engine, supergraph.apiSchema, operation);
            if (typeof answer === 'string') assert.fail(`The engine declines: ${answer}`);
            assert.deepEqual(
              [answer.dataText, answer.errors.map(({ path }) => (path ?? []).join('.')).sort()],
              [JSON.stringify(one.data), (one.errors ?? []).toSorted()],
              JSON.stringify(answer),
            );
            const asked = (name: string) =>
              (subgraphs.get(name)?.requests ?? []).map((text) => text.replace(/\s+/g, ' '));
            for (const [name, wanted] of Object.entries(one.asks ?? {})) assert.match(asked(name).at(-1) ?? '', wanted);
            for (const [name, unwanted] of Object.entries(one.neverAsks ?? {})) {
              assert.doesNotMatch(asked(name).join('\n'), unwanted);
            }
            for (const [name, count] of Object.entries(one.requests ?? {})) {
              assert.equal(asked(name).length, count, `requests of ${name}: ${asked(name).join('\n')}`);
            }
          });
        }
      }
    }
  });
}

function toFixture(
  name: string,
  { subgraphs, isFederation1, entities = {}, resolvers = {}, missingIn = [], reset }: Graph,
): Fixture {
  const linked = Object.entries(subgraphs).map(([key, sdl]) => [
    key,
    isFederation1 || sdl.includes('@link') ? sdl : `${LINK}\n${sdl}`,
  ]);
  const keys = Object.values(subgraphs).map((sdl) => readKeys(sdl));
  return {
    name,
    subgraphs: Object.fromEntries(linked),
    resolvers,
    ...(reset !== undefined && { reset }),
    resolveReference(typeName, representation, subgraph) {
      if (missingIn.includes(subgraph)) return null;
      const candidates = entities[typeName] ?? [];
      const fieldSets = keys.flatMap((known) => known.get(typeName) ?? []);
      return candidates.find((thing) => fieldSets.some((set) => hasSame(set, thing, representation))) ?? null;
    },
  };
}

function readKeys(sdl: string): ReadonlyMap<string, readonly SelectionSetNode[]> {
  const document = parse(sdl);
  const { standardName } = readFederationLink(parse(sdl.includes('@link') ? sdl : `${LINK}\n${sdl}`));
  const keys = new Map<string, SelectionSetNode[]>();
  for (const node of document.definitions) {
    if (!('directives' in node) || !('name' in node) || node.name === undefined) continue;
    for (const directive of node.directives ?? []) {
      const fields = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
      if (standardName(directive.name.value) !== 'key' || fields?.kind !== Kind.STRING) continue;
      const known = keys.get(node.name.value) ?? [];
      keys.set(node.name.value, [...known, parseFieldSet(fields.value)]);
    }
  }
  return keys;
}

/** Whether a representation has a thing's values for all fields of a key. */
function hasSame({ selections }: SelectionSetNode, thing: Thing, representation: Thing): boolean {
  return selections.every((node) => {
    if (node.kind !== Kind.FIELD) return false;
    const [wanted, given] = [thing[node.name.value], representation[node.name.value]];
    if (given == null || wanted == null) return false;
    if (node.selectionSet === undefined) return isDeepStrictEqual(wanted, given);
    return hasSame(node.selectionSet, wanted as Thing, given as Thing);
  });
}

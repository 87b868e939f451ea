import { type GraphQLSchema, Kind, valueFromASTUntyped } from 'graphql';
import { WeirError } from '../../../errors.ts';
import { failureError, failureResult } from '../../failure.ts';
import type { SubgraphError, SubgraphOperation, SubgraphRequest, SubgraphResult } from '../../subgraph.ts';
import { readVariables } from '../../subgraph-operation.ts';
import type { Executor } from '../http-executor.ts';
import { type EntityLists, placeAnswer } from './entities-answer.ts';
import { compileEntities, type EntitiesField, type EntitiesProgram } from './entities-program.ts';
import {
  fillVariables,
  groupRepresentations,
  packRequests,
  type ShapedOperation,
  shapeOf,
  writeOperation,
} from './entities-request.ts';
import type { Lookup, Representation } from './lookup.ts';

/** Texts kept for one operation; reached only by operations over many types with many single lookups. */
const MAX_SHAPES = 256;

interface Kept {
  readonly program: EntitiesProgram;
  readonly shapes: Map<string, ShapedOperation>;
}

/**
 * Gives a plain service `_entities`: each fetch becomes calls of the declared lookups, one list lookup per type and key, or
 * aliased single lookups in one request. Operations without `_entities` go to `send` as they are.
 */
export function createEntitiesExecutor(
  upstream: string,
  schema: GraphQLSchema,
  lookups: ReadonlyMap<string, readonly Lookup[]>,
  send: Executor,
): Executor {
  const kept = new WeakMap<SubgraphOperation, Kept | 'plain'>();

  const programOf = (operation: SubgraphOperation) => {
    let entry = kept.get(operation);
    if (entry === undefined) {
      const program = operation.kind === 'query' ? compileEntities(operation.document, schema, lookups) : undefined;
      entry = program === undefined ? 'plain' : { program, shapes: new Map() };
      kept.set(operation, entry);
    }
    return entry;
  };

  return async (request) => {
    try {
      const entry = programOf(request.operation);
      return entry === 'plain' ? await send(request) : await runProgram(entry, request);
    } catch (error) {
      return failureResult(error);
    }
  };

  async function runProgram({ program, shapes }: Kept, request: SubgraphRequest): Promise<SubgraphResult> {
    const given = readVariables(request);
    const errors: SubgraphError[] = [];
    const all = program.fields.map((field) => readRepresentations(field, given));
    const lists: EntityLists = all.map((representations) => representations.map(() => null));
    const groups = all.flatMap((representations, fieldIndex) =>
      groupRepresentations(program, fieldIndex, representations, (index, representation) => {
        const path = [program.fields[fieldIndex]?.responseKey ?? '_entities', index];
        errors.push(unknownEntity(upstream, representation, path));
      }),
    );
    const requests = packRequests(groups, program.rest !== undefined);

    const results = await Promise.all(
      requests.map((part) => {
        const shape = shapeOf(part);
        let shaped = shapes.get(shape);
        if (shaped === undefined) {
          shaped = writeOperation(program, part);
          if (shapes.size >= MAX_SHAPES) shapes.clear();
          shapes.set(shape, shaped);
        }
        const variables = fillVariables(part, shaped.variables, given);
        return send({ operation: shaped.operation, variables, context: request.context });
      }),
    );

    const rest: Record<string, unknown> = {};
    for (const [index, part] of requests.entries()) {
      const result = results[index];
      if (result !== undefined) placeAnswer(program, part, result, lists, rest, errors);
    }
    const isLost = requests.length > 0 && results.every((result) => result.data === null || result.data === undefined);
    const data = isLost ? null : withLists(program, lists, rest);
    return errors.length === 0 ? { data } : { data, errors };
  }
}

function withLists(program: EntitiesProgram, lists: EntityLists, rest: Record<string, unknown>) {
  const data: Record<string, unknown> = rest;
  for (const [index, field] of program.fields.entries()) data[field.responseKey] = lists[index];
  return data;
}

function readRepresentations(
  field: EntitiesField,
  variables: Readonly<Record<string, unknown>>,
): readonly Representation[] {
  const node = field.representations;
  const value = node.kind === Kind.VARIABLE ? variables[node.name.value] : valueFromASTUntyped(node, variables);
  return Array.isArray(value) ? (value as readonly Representation[]) : [];
}

function unknownEntity(upstream: string, representation: Representation, path: (string | number)[]): SubgraphError {
  const fields = Object.keys(representation).filter((name) => name !== '__typename');
  const message = `Cannot look up ${String(representation.__typename)} by "${fields.join(' ')}" at upstream "${upstream}": "entities" declares no lookup for it`;
  return failureError(new WeirError('INTERNAL_ERROR', message, { upstream }), path);
}

import { parse, print } from 'graphql';
import type { Complaint, Outcome } from '../schema-problem.ts';
import type { Subgraph, SubgraphOperation, SubgraphRequest, SubgraphResult } from '../subgraph.ts';
import { readVariables } from '../subgraph-operation.ts';
import { buildSubgraphSchema } from '../subgraph-schema.ts';
import { compileHidden } from './hidden.ts';
import { compileNames } from './names.ts';
import { renameRepresentation } from './rename-representation.ts';
import { type TransformedOperation, transformOperation } from './transform-operation.ts';
import { transformSdl } from './transform-sdl.ts';
import { isUnchanged, type Transforms } from './transforms.ts';
import { renameTypenames } from './typenames.ts';

/**
 * A subgraph under other names, and without what is hidden: the graph knows only those, the inner subgraph only its own.
 * Where nothing is configured the subgraph itself comes back.
 */
export function transformSubgraph(subgraph: Subgraph, transforms: Transforms): Outcome<Subgraph, Complaint> {
  if (isUnchanged(transforms)) return { ok: true, value: subgraph };
  const document = parse(subgraph.sdl, { noLocation: true });
  const schema = buildSubgraphSchema(document);
  const problems: Complaint[] = [];
  const hidden = compileHidden(schema, transforms.hide, problems);
  const compiled = compileNames(schema, transforms);
  if (!compiled.ok) return { ok: false, problems: [...problems, ...compiled.problems] };
  const names = compiled.value;
  const sdl = print(transformSdl(document, schema, names, hidden, problems));
  if (problems.length > 0) return { ok: false, problems };
  if (names.typeInGraph.size === 0 && names.fieldInGraph.size === 0) return { ok: true, value: { ...subgraph, sdl } };

  const kept = new WeakMap<SubgraphOperation, TransformedOperation>();
  const transformedOf = (operation: SubgraphOperation) => {
    let transformed = kept.get(operation);
    if (transformed === undefined) {
      transformed = transformOperation(operation.document, schema, names);
      kept.set(operation, transformed);
    }
    return transformed;
  };
  const translateRequest = (
    request: SubgraphRequest,
    { operation, representations }: TransformedOperation,
  ): SubgraphRequest => {
    if (representations.length === 0) return { ...request, operation };
    const variables: Record<string, unknown> = { ...readVariables(request) };
    for (const name of representations) variables[name] = renameRepresentation(variables[name], schema, names);
    return { operation, variables, context: request.context };
  };
  const translateResult = (result: SubgraphResult, { typenames }: TransformedOperation) => {
    if (typenames !== undefined) renameTypenames(result.data, typenames, names.typeInGraph);
    return result;
  };

  const transformed: Subgraph = {
    name: subgraph.name,
    url: subgraph.url,
    sdl,
    async execute(request) {
      const operation = transformedOf(request.operation);
      return translateResult(await subgraph.execute(translateRequest(request, operation)), operation);
    },
  };
  if (subgraph.subscribe === undefined) return { ok: true, value: transformed };
  const subscribe = subgraph.subscribe.bind(subgraph);
  return {
    ok: true,
    value: {
      ...transformed,
      async subscribe(request) {
        const operation = transformedOf(request.operation);
        const source = await subscribe(translateRequest(request, operation));
        return mapEvents(source, (result) => translateResult(result, operation));
      },
    },
  };
}

/** Ends the source when its consumer stops. */
async function* mapEvents<T>(source: AsyncIterable<T>, map: (event: T) => T): AsyncGenerator<T> {
  for await (const event of source) yield map(event);
}

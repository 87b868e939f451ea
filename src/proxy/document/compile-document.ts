import { type GraphQLSchema, parse, validate } from 'graphql';
import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteDocumentDefinition } from '../../config/schema/route-document.ts';
import { WeirError } from '../../errors.ts';
import type { Graph } from '../../graphql/graph.ts';
import { type InProcessAnswer, runInProcess } from '../../graphql/run-in-process.ts';
import { isObject } from '../../mapping/json-data.ts';
import { compileMapping } from '../../mapping/mapping.ts';
import { requireRequestJson } from '../body/read-json.ts';
import type { FieldLines } from '../field-lines.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { Answerer } from '../route-exchange.ts';
import { compileVariables } from '../route-variables.ts';
import { problemOfErrors, showError } from './problem-of-errors.ts';
import { isDocumentProblem, readDocument } from './read-document.ts';
import { compileOperationVariables } from './read-variables.ts';

/**
 * Answers a request with the data of a GraphQL operation on the graph, under all its rules.
 * @throws {Error} where the document cannot be run, whatever the graph; `weir check` finds the same with file and line.
 */
export function compileDocument(
  route: string,
  definition: RouteDocumentDefinition,
  graph: () => Graph | undefined,
): Answerer {
  const document = readDocument(definition);
  if (isDocumentProblem(document)) throw new Error(`Cannot route "${route}": ${document.message}`);
  const variables = compileOperationVariables(document.operation, definition);
  const answer =
    definition.answer === undefined ? undefined : compileMapping(definition.answer, { version: MAPPING_VERSION });
  const readForAnswer = compileVariables(answer?.references ?? []);
  const readsBody = variables.readsBody || answer?.references.some(({ name }) => name === '$body') === true;
  const fits = compileFit(document.text);
  const { statuses, onErrors, whenNull, meta, maxBodyBytes } = definition;

  return async (exchange) => {
    const serving = graph();
    if (serving === undefined) throw new WeirError('SCHEMA_NOT_READY');
    const { apiSchema } = serving.supergraph;
    if (!fits(apiSchema))
      throw new WeirError('ROUTE_NOT_READY', `The graph lacks what the document of "${route}" asks for`);
    const { scope } = exchange;
    const body = readsBody ? await requireRequestJson(exchange, maxBodyBytes) : undefined;
    const values = variables.read(exchange, body, apiSchema);
    const { data, errors = [] } = await runInProcess(serving.yoga, document.text, values, scope);
    scope.signal.throwIfAborted();
    const hasData = data !== null && data !== undefined;
    if (errors.length > 0 && (!hasData || onErrors === 'fail')) {
      return problemOfErrors(errors, statuses, scope.requestId);
    }
    const known = { ...readForAnswer(exchange), $body: body };
    const shaped = answer === undefined ? data : (answer.evaluate(data, known) ?? null);
    if (shaped === null && errors.length === 0 && whenNull === 'not_found') {
      throw new WeirError('NOT_FOUND', 'There is nothing that the request names');
    }
    // The graph says nothing of how long its data holds, and fields may depend on who asks.
    if (errors.length === 0) return jsonAnswer(200, shaped, ['cache-control', 'private, no-cache']);
    const marked = meta && isObject(shaped) ? { ...shaped, _meta: { errors: errors.map(showError) } } : shaped;
    return jsonAnswer(200, marked, partialHeaders(errors));
  };
}

export type CompileDocument = typeof compileDocument;

/** Whether a schema has what the document asks for; judged once for each schema. */
function compileFit(text: string): (schema: GraphQLSchema) => boolean {
  const document = parse(text);
  const known = new WeakMap<GraphQLSchema, boolean>();
  return (schema) => {
    let fits = known.get(schema);
    if (fits === undefined) {
      fits = validate(schema, document).length === 0;
      known.set(schema, fits);
    }
    return fits;
  };
}

/** What lacks data is not to be taken for the answer later on. */
function partialHeaders(errors: NonNullable<InProcessAnswer['errors']>): FieldLines {
  const paths = errors.map(({ path = [] }) => path.filter((key) => typeof key === 'string').join('.'));
  return ['cache-control', 'no-store', 'x-gateway-partial', `paths="${[...new Set(paths)].join(', ')}"`];
}

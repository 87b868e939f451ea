import {
  type DocumentNode,
  type ExecutionArgs,
  execute,
  type GraphQLError,
  print,
  subscribe,
  validate,
  validateSchema,
} from 'graphql';
import type { LocalUpstreamConfig } from '../../config/config.ts';
import { failureResult } from '../failure.ts';
import { linkFederation } from '../federation-link.ts';
import type { Complaint, Outcome } from '../schema-problem.ts';
import type { Subgraph, SubgraphOperation, SubgraphRequest, SubgraphResult } from '../subgraph.ts';
import { readVariables } from '../subgraph-operation.ts';
import { buildSubgraphSchema, entityTypeNames } from '../subgraph-schema.ts';
import { checkResolvers } from './check-resolvers.ts';
import { KnownOperations } from './known-operations.ts';
import { toSubgraphResult } from './local-result.ts';
import { createLocalSchema } from './local-schema.ts';
import { createLocalContext, type LocalServices } from './local-services.ts';

/**
 * A subgraph that runs in the gateway: SDL and a resolver map, by graphql-js. SDL without `@link` is Federation 2.
 * @param resolvers - the default export of the resolvers' module.
 */
export function createLocalSubgraph(
  config: LocalUpstreamConfig,
  sdl: DocumentNode,
  resolvers: unknown,
  services: LocalServices,
): Outcome<Subgraph, Complaint> {
  const document = linkFederation(sdl);
  const bare = buildSubgraphSchema(document);
  const broken = validateSchema(bare);
  if (broken.length > 0) return refuse(broken.map((error) => toComplaint(error, config.schema)));
  const checked = checkResolvers(bare, resolvers, new Set(entityTypeNames(document, 'all')));
  if ('complaints' in checked) {
    return refuse(checked.complaints.map((complaint) => ({ file: config.resolvers, ...complaint })));
  }
  const schema = createLocalSchema(bare, checked.resolvers);

  const operations = new KnownOperations();
  const judged = new WeakMap<SubgraphOperation, readonly GraphQLError[]>();
  /** graphql-js passes over fields that it does not know; a local resolver's own query may have such. */
  const judge = (operation: SubgraphOperation) => {
    let errors = judged.get(operation);
    if (errors === undefined) {
      errors = validate(schema, operation.document);
      judged.set(operation, errors);
    }
    return errors;
  };
  const argumentsOf = (request: SubgraphRequest): ExecutionArgs => ({
    schema,
    document: request.operation.document,
    variableValues: readVariables(request),
    contextValue: createLocalContext(config.name, request.context, services, operations),
    abortSignal: request.context.signal,
  });

  const subgraph: Subgraph = {
    name: config.name,
    sdl: print(document),
    url: `local://${config.name}`,
    async execute(request) {
      const errors = judge(request.operation);
      if (errors.length > 0) return toSubgraphResult({ errors });
      try {
        return toSubgraphResult(await execute(argumentsOf(request)));
      } catch (error) {
        return failureResult(error);
      }
    },
  };
  if (schema.getSubscriptionType() == null) return { ok: true, value: subgraph };
  return {
    ok: true,
    value: {
      ...subgraph,
      async subscribe(request) {
        const errors = judge(request.operation);
        if (errors.length > 0) return once(toSubgraphResult({ errors }));
        try {
          const source = await subscribe(argumentsOf(request));
          return Symbol.asyncIterator in source ? eventsOf(source) : once(toSubgraphResult(source));
        } catch (error) {
          return once(failureResult(error));
        }
      },
    },
  };
}

/** Returning early returns the source, and with it the resolver's generator. */
async function* eventsOf(
  source: AsyncIterable<Parameters<typeof toSubgraphResult>[0]>,
): AsyncGenerator<SubgraphResult> {
  try {
    for await (const event of source) yield toSubgraphResult(event);
  } catch (error) {
    yield failureResult(error);
  }
}

async function* once(result: SubgraphResult): AsyncGenerator<SubgraphResult> {
  yield result;
}

function toComplaint(error: GraphQLError, file: string): Complaint {
  return {
    message: `The SDL is no valid schema: ${error.message}`,
    hint: 'Correct the SDL',
    file,
    ...error.locations?.[0],
  };
}

function refuse(problems: readonly Complaint[]): { readonly ok: false; readonly problems: readonly Complaint[] } {
  return { ok: false, problems };
}

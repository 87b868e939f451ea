import type { GraphqlUpstreamConfig } from '../../config/config.ts';
import { type ErrorCode, WeirError } from '../../errors.ts';
import type { Upstream } from '../../transport/upstream.ts';
import { createBackgroundContext } from '../background-context.ts';
import { readSchemaFile } from '../read-schema-file.ts';
import type { SubgraphOperation, SubgraphResult } from '../subgraph.ts';
import { operationOfText } from '../subgraph-operation.ts';
import { parseGraphqlResponse } from './graphql-response.ts';
import { introspect } from './introspect.ts';

const SERVICE_SDL = operationOfText('query', 'SubgraphSdl', 'query SubgraphSdl{_service{sdl}}');

/**
 * The SDL of a GraphQL service as its owner wrote it: the file that `schema` names, or `_service { sdl }` of a federation
 * subgraph, or introspection of a plain service. `federation: auto` asks `_service` first, unless `entities` say that the
 * service is plain. The text is what is worth keeping as the last good one: `createSubgraph` completes it.
 * @throws {WeirError} whose message names the upstream, its URL without credentials and what came instead of the SDL.
 */
export async function readSubgraphSdl(
  config: GraphqlUpstreamConfig,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<string> {
  if (config.schema !== undefined) return readSchemaFile(config.name, config.schema, signal);
  const where = `upstream "${config.name}" at ${config.endpoints.map(({ url }) => withoutCredentials(url)).join(', ')}`;
  const fail = (code: ErrorCode, reason: string, cause?: unknown) =>
    new WeirError(code, `Cannot read the schema of ${where}: ${reason}`, { upstream: config.name, cause });

  const context = createBackgroundContext(signal);
  const run = async (operation: SubgraphOperation): Promise<SubgraphResult> => {
    try {
      const body = JSON.stringify({ query: operation.text, operationName: operation.name });
      const request = {
        method: 'POST',
        path: '',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
        },
        body,
        idempotent: true,
        label: operation.name ?? 'schema',
      };
      return parseGraphqlResponse(await upstream.send(request, context), config.name);
    } catch (error) {
      throw error instanceof WeirError
        ? fail(error.code, error.message, error)
        : fail('INTERNAL_ERROR', String(error), error);
    }
  };

  if (asksService(config)) {
    const result = await run(SERVICE_SDL);
    const sdl = (result.data?._service as { sdl?: unknown } | null | undefined)?.sdl;
    if (typeof sdl === 'string' && sdl.trim() !== '') return sdl;
    if (config.federation === true) {
      throw fail(
        'UPSTREAM_BAD_RESPONSE',
        `"_service { sdl }" gives no SDL: ${messagesOf(result)}. For a service without federation set "federation: false"`,
      );
    }
  }
  const introspection = await introspect(run);
  if ('sdl' in introspection) return introspection.sdl;
  throw fail(
    'UPSTREAM_BAD_RESPONSE',
    `it refuses introspection: ${introspection.refusal}. Put its SDL into a file and name that in "schema"`,
  );
}

function asksService(config: GraphqlUpstreamConfig): boolean {
  return config.federation === true || (config.federation === 'auto' && Object.keys(config.entities).length === 0);
}

function messagesOf(result: SubgraphResult): string {
  return result.errors?.map((error) => error.message).join('; ') || 'the field is null';
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  return parsed.href;
}

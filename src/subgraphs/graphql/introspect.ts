import {
  buildClientSchema,
  getIntrospectionQuery,
  type IntrospectionOptions,
  type IntrospectionQuery,
  printSchema,
} from 'graphql';
import type { SubgraphResult } from '../subgraph.ts';
import { operationOfText } from '../subgraph-operation.ts';

/** What is asked of a server, the newest first; the next is asked where a server refuses the one before. */
const ATTEMPTS: readonly IntrospectionOptions[] = [
  {
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  },
  { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true },
  { specifiedByUrl: true, directiveIsRepeatable: true },
  // October 2016 servers, and servers that limit the depth of queries.
  { typeDepth: 5 },
];

const OPERATIONS = ATTEMPTS.map((options) =>
  operationOfText('query', 'IntrospectionQuery', getIntrospectionQuery(options)),
);

/**
 * The SDL of a server, by introspection (GraphQL §4). Directives that are applied to the server's schema are not part of it:
 * introspection does not show them.
 * @param run - runs one operation at the server; may reject.
 * @returns the SDL, or why there is none in the server's words.
 */
export async function introspect(
  run: (operation: (typeof OPERATIONS)[number]) => Promise<SubgraphResult>,
): Promise<{ readonly sdl: string } | { readonly refusal: string }> {
  let refusal = '';
  for (const operation of OPERATIONS) {
    const result = await run(operation);
    if (isIntrospection(result.data))
      return { sdl: printSchema(buildClientSchema(result.data, { assumeValid: true })) };
    refusal ||= (result.errors ?? []).map((error) => error.message).join('; ') || 'the answer has no "__schema"';
  }
  return { refusal };
}

function isIntrospection(data: unknown): data is IntrospectionQuery {
  const schema = (data as { __schema?: { types?: unknown; queryType?: unknown } } | null | undefined)?.__schema;
  return Array.isArray(schema?.types) && typeof schema.queryType === 'object' && schema.queryType !== null;
}

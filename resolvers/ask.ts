import type { GraphqlClient } from '../src/index.ts';

/**
 * The data of an answer; what is `null` because of an error stays `null`.
 *
 * @throws {Error} If there is no data at all. What the service said of it may name what is inside: it is for the log alone.
 */
export async function ask<Data>(
  client: GraphqlClient,
  document: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const { data, errors } = await client.query<Data>(document, variables);
  if (data == null) throw new Error('A query of the storefront got no data', { cause: errors });
  return data;
}

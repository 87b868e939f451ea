import { GraphQLError } from 'graphql';
import type { GraphqlClient } from './context.ts';

/**
 * The data of an answer; what is `null` because of an error stays `null`.
 *
 * @throws {GraphQLError} If there is no data at all.
 */
export async function ask<Data>(
  client: GraphqlClient,
  document: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const { data, errors } = await client.query<Data>(document, variables);
  if (data == null) throw new GraphQLError(errors?.[0]?.message ?? 'The service gave no data');
  return data;
}

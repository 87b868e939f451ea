import type { GraphQLFormattedError } from 'graphql';

export interface Answer<Data> {
  data?: Data | null;
  errors?: GraphQLFormattedError[];
}

/** Asks a GraphQL service over HTTP. */
export async function postGraphql<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  token?: string,
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer<Data>;
}

import type { TypedDocumentString } from './generated/graphql.ts';

/** What a GraphQL server answers; `data` has the type that the document's selections give it. */
export interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

export interface ShopClientOptions {
  /** Bearer token; without one the client is anonymous. */
  token?: string;
  signal?: AbortSignal;
}

/** The variables may be left out where the document has none. */
type VariablesOf<Variables> = Variables extends Record<string, never> ? [] : [variables: Variables];

/** A client of the shop at `url`, in twenty lines: documents carry their types with them. */
export function createShopClient(url: string, { token, signal }: ShopClientOptions = {}) {
  return async function query<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    ...[variables]: VariablesOf<Variables>
  ): Promise<Answer<Data>> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(signal && { signal }),
    });
    return (await response.json()) as Answer<Data>;
  };
}

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

/** SDL by subgraph. `round` adds a field, so that every reload brings another supergraph. */
export function schemasOf(round: number): Readonly<Record<'products' | 'reviews', string>> {
  return {
    products: `${LINK}
      type Query { products: [Product!] product(id: ID!): Product broken: Product }
      type Product @key(fields: "id") { id: ID! name: String price: Int field${round % 2}: Int }`,
    reviews: `${LINK}
      type Product @key(fields: "id") { id: ID! reviews: [Review!] }
      type Review { id: ID! body: String }`,
  };
}

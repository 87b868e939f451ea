const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${imports}])\n`;

/** The SDL of the four subgraphs. `salt` changes no answer: it makes the requests of every fetch unlike one another. */
export const SCHEMAS = {
  accounts: `${link('"@key"')}
    type Query { users: [User] user(id: ID!): User me: User }
    type User @key(fields: "id") { id: ID! name(salt: Int): String username: String birthday: Int }`,
  products: `${link('"@key"')}
    type Query { topProducts(first: Int = 5): [Product] product(upc: String!): Product }
    type Product @key(fields: "upc") { upc: String! name(salt: Int): String price: Int weight: Int }`,
  inventory: `${link('"@key", "@requires", "@external"')}
    type Product @key(fields: "upc") {
      upc: String!
      weight: Int @external
      price: Int @external
      inStock(salt: Int): Boolean
      shippingEstimate: Int @requires(fields: "price weight")
    }`,
  reviews: `${link('"@key"')}
    type Review { id: ID! body: String author: User product: Product }
    type User @key(fields: "id") { id: ID! reviews(salt: Int): [Review] }
    type Product @key(fields: "upc") { upc: String! reviews(salt: Int): [Review] }`,
} as const;

export type SubgraphName = keyof typeof SCHEMAS;

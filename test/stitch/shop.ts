import { buildSchema, type GraphQLSchema, printSchema } from 'graphql';
import type { Supergraph } from '../../src/supergraph/supergraph.ts';
import { attachResolvers, buildService, type Resolvers } from './federated-service.ts';

// Four services over one set of data, and the monolith that would serve the same: what a gateway must not tell apart.

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible"])`;

interface User {
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly role: string;
}
interface Product {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number | null;
}
interface Review {
  readonly id: string;
  readonly body: string;
  readonly rating: number;
  readonly user: string | null;
  readonly upc: string;
}

const users: User[] = [
  { id: '1', first: 'Ada', last: 'Lovelace', role: 'ADMIN' },
  { id: '2', first: 'Alan', last: 'Turing', role: 'CUSTOMER' },
  { id: '3', first: 'Grace', last: 'Hopper', role: 'CUSTOMER' },
];
const products: Product[] = [
  { upc: 'p1', name: 'Table', price: 899, weight: 100 },
  { upc: 'p2', name: 'Couch', price: 1299, weight: 1000 },
  { upc: 'p3', name: 'Chair', price: 54, weight: null },
  { upc: 'p4', name: 'Lamp', price: 20, weight: 2 },
];
const reviews: Review[] = [
  { id: 'r1', body: 'Love it', rating: 5, user: '1', upc: 'p1' },
  { id: 'r2', body: 'Too expensive', rating: 2, user: '1', upc: 'p2' },
  { id: 'r3', body: 'Could be better', rating: 3, user: '2', upc: 'p3' },
  { id: 'r4', body: 'Prefer something else', rating: 1, user: null, upc: 'p1' },
];
const stock: Readonly<Record<string, { readonly inStock: boolean; readonly city: string } | undefined>> = {
  p1: { inStock: true, city: 'Oslo' },
  p2: { inStock: false, city: 'Rome' },
  p3: { inStock: true, city: 'Oslo' },
};

const userOf = (id: string | null) => users.find((user) => user.id === id) ?? null;
const productOf = (upc: string) => products.find((product) => product.upc === upc) ?? null;
const typed = <T extends object>(type: string, value: T | null) => value && { ...value, __typename: type };
const fail = (message: string): never => {
  throw new Error(message);
};

const accounts = {
  sdl: `${LINK}
    type Query { me: User! user(id: ID!): User users(ids: [ID!]): [User]! nobody: User named: [Named] }
    type Mutation { rename(id: ID!, last: String!): User }
    type Subscription { userSeen: User }
    interface Named { label: String }
    enum Role { ADMIN CUSTOMER ROBOT @inaccessible }
    type User implements Named @key(fields: "id") {
      id: ID! first: String last: String role: Role label: String broken: String fragile: String! friends: [User!]! best: User
    }
    type Team implements Named { label: String lead: User }`,
  resolvers: {
    Query: {
      me: () => userOf('1'),
      user: (_: never, { id }: Record<string, string>) => userOf(id ?? null),
      users: (_: never, { ids }: Record<string, string[]>) => (ids ? ids.map(userOf) : users),
      nobody: () => null,
      named: () => [typed('User', userOf('2')), typed('Team', { label: 'Core', lead: userOf('3') }), null],
    },
    Mutation: {
      rename: (_: never, { id, last }: Record<string, string>) => {
        const user = userOf(id ?? null);
        return user && { ...user, last };
      },
    },
    Subscription: {
      userSeen: {
        async *subscribe() {
          yield* users;
        },
      },
    },
    User: {
      __resolveReference: ({ id }: User) => userOf(id),
      label: ({ first }: User) => first,
      role: ({ id, role }: User) => (id === '3' ? 'ROBOT' : role),
      broken: ({ id }: User) => (id === '2' ? fail(`broken of ${id}`) : `whole ${id}`),
      fragile: ({ id }: User) => (id === '2' ? fail(`fragile of ${id}`) : `whole ${id}`),
      friends: ({ id }: User) => users.filter((user) => user.id !== id),
      best: ({ id }: User) => userOf(id === '1' ? '2' : id === '2' ? '1' : null),
    },
  } satisfies Resolvers,
};

const catalog = {
  sdl: `${LINK}
    type Query { product(upc: String!): Product products(first: Int = 10, filter: Filter): [Product!]! search(text: String!): [Found!]! }
    input Filter { maxPrice: Int name: String }
    union Found = Product | Brand
    type Brand { name: String products: [Product!]! }
    type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int size: Size @shareable }
    type Size @shareable { width: Int height: Int }`,
  resolvers: {
    Query: {
      product: (_: never, { upc }: Record<string, string>) => productOf(upc ?? ''),
      products: (_: never, { first, filter }: { first?: number; filter?: { maxPrice?: number } }) =>
        products.filter(({ price }) => price <= (filter?.maxPrice ?? Number.MAX_VALUE)).slice(0, first),
      search: (_: never, { text }: Record<string, string>) => [
        ...products.filter(({ name }) => name.includes(text ?? '')).map((product) => typed('Product', product)),
        { __typename: 'Brand', name: 'Acme', products: products.slice(0, 2) },
      ],
    },
    Product: {
      __resolveReference: ({ upc }: Product) => productOf(upc),
      size: ({ upc }: Product) => ({ width: upc.length, height: 7 }),
    },
  } satisfies Resolvers,
};

const inventory = {
  sdl: `${LINK}
    type Query { warehouses: [Warehouse!]! }
    type Warehouse { city: String products: [Product] }
    type Product @key(fields: "upc") {
      upc: String! price: Int @external weight: Int @external
      inStock: Boolean warehouse: Warehouse shippingEstimate: Int @requires(fields: "price weight") strict: Int!
    }`,
  resolvers: {
    Query: {
      warehouses: () => [
        { city: 'Oslo', upcs: ['p1', 'p3', 'gone'] },
        { city: 'Rome', upcs: ['p2'] },
      ],
    },
    Warehouse: {
      products: ({ upcs = [] }: { upcs?: string[] }) => upcs.map((upc) => (upc === 'gone' ? null : productOf(upc))),
    },
    Product: {
      __resolveReference: ({ upc, price, weight }: Product) => ({ upc, price, weight }),
      inStock: ({ upc }: Product) => stock[upc]?.inStock ?? null,
      warehouse: ({ upc }: Product) => stock[upc] ?? fail(`no warehouse for ${upc}`),
      shippingEstimate: ({ price, weight }: Product) => (weight === null ? null : price > 1000 ? 0 : weight / 2),
      strict: ({ upc }: Product) => (upc === 'p2' ? fail(`strict of ${upc}`) : upc.length),
    },
  } satisfies Resolvers,
};

const opinions = {
  sdl: `${LINK}
    type Query { topReviews(first: Int = 2): [Review!]! }
    type Mutation { addReview(upc: String!, body: String!): Review }
    type Review { id: ID! body: String rating: Int author: User product: Product! }
    type User @key(fields: "id") {
      id: ID! first: String @external last: String @external
      reviews(first: Int): [Review!]! fullName: String @requires(fields: "first last")
    }
    type Product @key(fields: "upc") { upc: String! reviews: [Review!]! averageRating: Float }`,
  resolvers: {
    Query: { topReviews: (_: never, { first }: Record<string, number>) => reviews.slice(0, first) },
    Mutation: {
      addReview: (_: never, { upc, body }: Record<string, string>) => ({
        id: 'new',
        body,
        rating: null,
        user: '2',
        upc,
      }),
    },
    Review: {
      author: ({ user }: Review) => userOf(user),
      product: ({ upc }: Review) => productOf(upc),
    },
    User: {
      __resolveReference: ({ id, first, last }: User) => ({ id, first, last }),
      reviews: ({ id }: User, { first }: Record<string, number>) =>
        reviews.filter(({ user }) => user === id).slice(0, first ?? 9),
      fullName: ({ first, last }: User) => `${first} ${last}`,
    },
    Product: {
      __resolveReference: ({ upc }: Product) => ({ upc }),
      reviews: ({ upc }: Product) => reviews.filter((review) => review.upc === upc),
      averageRating: ({ upc }: Product) => {
        const ratings = reviews.filter((review) => review.upc === upc).map(({ rating }) => rating);
        return ratings.length === 0 ? null : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
      },
    },
  } satisfies Resolvers,
};

const definitions = { accounts, inventory, products: catalog, reviews: opinions } as const;
export type ServiceName = keyof typeof definitions;

/** The SDL of each service, as composition takes it. */
export const shopDefinitions = Object.entries(definitions).map(([name, { sdl }]) => ({
  name,
  sdl,
  url: `http://${name}.test/graphql`,
}));

/** The executable schema of each service. */
export function buildShopServices(): ReadonlyMap<ServiceName, GraphQLSchema> {
  return new Map(
    Object.entries(definitions).map(([name, { sdl, resolvers }]) => [
      name as ServiceName,
      buildService(sdl, resolvers),
    ]),
  );
}

/** One schema over the same data and resolvers. */
export function buildMonolith({ apiSchema }: Supergraph): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  for (const { resolvers } of Object.values(definitions)) attachResolvers(schema, resolvers);
  return schema;
}

import type { Thing, World } from './federated-subgraph.ts';

const users: Record<string, Thing> = {};
const products: Record<string, Thing> = {};
const reviews: Record<string, Thing> = {};

function addUser(id: string, name: string | null, bought: readonly string[]): void {
  users[id] = {
    __typename: 'User',
    id,
    name,
    username: `user-${id}`,
    birthday: name === null ? null : 1900 + Number(id),
    reviews: () => Object.values(reviews).filter((review) => review.authorId === id),
    bought: () => bought.map((upc) => products[upc]),
  };
}

function addProduct(upc: string, price: number | null, weight: number | null, inStock: boolean): void {
  products[upc] = {
    __typename: 'Product',
    upc,
    name: `Product ${upc}`,
    price,
    weight,
    inStock,
    kind: price === null ? 'OTHER' : 'GOOD',
    shippingEstimate(this: Thing, { express }: { express?: boolean }) {
      if (this.price === null || this.weight === null) return null;
      return (this.price as number) > 1000 ? 0 : (this.weight as number) * (express ? 2 : 1);
    },
    reviews: ({ first }: { first?: number }) =>
      Object.values(reviews)
        .filter((review) => review.upc === upc)
        .slice(0, first ?? undefined),
    related: () => Object.values(products).filter((product) => product.upc !== upc),
  };
}

function addReview(id: string, authorId: string, upc: string, body: string | null): void {
  reviews[id] = {
    __typename: 'Review',
    id,
    body,
    authorId,
    upc,
    stars: id.length,
    author: () => users[authorId],
    product: () => products[upc],
  };
}

addUser('1', 'Ada', ['a', 'b']);
addUser('2', 'Alan "Turing"', []);
addUser('3', null, ['c', 'a', 'a']);
addProduct('a', 899, 100, true);
addProduct('b', 1299, 1000, false);
addProduct('c', null, 50, true);
addReview('r1', '1', 'a', 'Love it!');
addReview('r2', '1', 'b', 'Too expensive.\n☃');
addReview('r3', '2', 'c', null);
addReview('r4', '2', 'a', 'Prefer something else.');

let counter = 0;

/** The classic accounts, products, inventory and reviews, with `@requires`, arguments and lists of lists of entities. */
export const shop: World = {
  name: 'shop',
  subgraphs: [
    {
      name: 'accounts',
      sdl: `
        type Query { me: User user(id: ID!): User users: [User!]! }
        type Mutation { rename(id: ID!, name: String): User count: Int! }
        type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }
      `,
    },
    {
      name: 'products',
      sdl: `
        enum Kind { GOOD OTHER }
        type Query { topProducts(first: Int = 2): [Product] product(upc: ID!): Product }
        type Mutation { reprice(upc: ID!, price: Int): Product! }
        type Product @key(fields: "upc") { upc: ID! name: String price: Int weight: Int kind: Kind! related: [Product!]! }
      `,
    },
    {
      name: 'inventory',
      sdl: `
        type Product @key(fields: "upc") {
          upc: ID! weight: Int @external price: Int @external inStock: Boolean
          shippingEstimate(express: Boolean): Int @requires(fields: "price weight")
        }
        type Query { stocked: [Product!] }
      `,
    },
    {
      name: 'reviews',
      sdl: `
        type Query { reviews: [Review!]! }
        type Review @key(fields: "id") { id: ID! body: String stars: Int! author: User! @provides(fields: "username") product: Product }
        type User @key(fields: "id") { id: ID! username: String @external reviews: [Review!] bought: [Product!]! }
        type Product @key(fields: "upc") { upc: ID! reviews(first: Int): [Review!]! }
      `,
    },
  ],
  rootValue: {
    me: () => users['1'],
    user: ({ id }: { id: string }) => users[id] ?? null,
    users: () => Object.values(users),
    topProducts: ({ first }: { first?: number }) => Object.values(products).slice(0, first ?? undefined),
    product: ({ upc }: { upc: string }) => products[upc] ?? null,
    stocked: () => Object.values(products).filter(({ inStock }) => inStock),
    reviews: () => Object.values(reviews),
    rename: ({ id, name }: { id: string; name: string | null }) => {
      const user = users[id];
      if (user === undefined) return null;
      user.name = name;
      return user;
    },
    reprice: ({ upc, price }: { upc: string; price: number | null }) =>
      Object.assign(products[upc] as Thing, { price }),
    count: () => {
      counter += 1;
      return counter;
    },
  },
  resolveReference(representation) {
    if (representation.__typename === 'User') return users[representation.id as string] ?? null;
    if (representation.__typename === 'Review') return reviews[representation.id as string] ?? null;
    return products[representation.upc as string] ?? null;
  },
  argumentValues: {
    'Query.user(id:)': ['1', '2', '3', 'nobody'],
    'Query.product(upc:)': ['a', 'b', 'c', 'none'],
    'Query.topProducts(first:)': [0, 1, 2, 3],
    'Product.reviews(first:)': [0, 1, 5],
  },
};

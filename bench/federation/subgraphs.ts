/** The four subgraphs as HTTP servers in one process: `node subgraphs.ts PORT` serves /accounts, /products, … */
import { createServer, type IncomingMessage } from 'node:http';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import { products, reviews, users } from './data.ts';
import { SCHEMAS, type SubgraphName } from './schemas.ts';

type Source = Record<string, unknown>;

const user = (id: unknown) => users.find((each) => each.id === id) ?? null;
const productsByUpc = new Map(products.map((product) => [product.upc, product]));
const reviewOf = (review: (typeof reviews)[number]) => ({
  ...review,
  author: { __typename: 'User', id: review.authorId, reviews: () => reviewsBy('authorId', review.authorId) },
  product: { __typename: 'Product', upc: review.productUpc, reviews: () => reviewsBy('productUpc', review.productUpc) },
});
const reviewsBy = (key: 'authorId' | 'productUpc', value: unknown): unknown[] =>
  reviews.filter((review) => review[key] === value).map(reviewOf);

const ROOTS: Record<SubgraphName, Source> = {
  accounts: {
    users,
    user: ({ id }: { id: string }) => user(id),
    me: users[0],
  },
  products: {
    topProducts: ({ first }: { first: number }) => products.slice(0, first),
    product: ({ upc }: { upc: string }) => productsByUpc.get(upc),
  },
  inventory: {},
  reviews: {},
};

const ENTITIES: Record<SubgraphName, (representation: Source) => unknown> = {
  accounts: ({ id }) => ({ __typename: 'User', ...user(id) }),
  products: ({ upc }) => ({ __typename: 'Product', ...productsByUpc.get(upc as string) }),
  inventory: ({ upc, price, weight }) => ({
    __typename: 'Product',
    upc,
    inStock: productsByUpc.get(upc as string)?.inStock,
    shippingEstimate: (price as number) > 500 ? 0 : Math.round((weight as number) / 2),
  }),
  reviews: ({ __typename, id, upc }) =>
    __typename === 'User'
      ? { __typename, id, reviews: () => reviewsBy('authorId', id) }
      : { __typename, upc, reviews: () => reviewsBy('productUpc', upc) },
};

function subgraphSchema(name: SubgraphName): GraphQLSchema {
  const sdl = SCHEMAS[name];
  const entities = [...sdl.matchAll(/type (\w+) @key/g)].map(([, type]) => type).join(' | ');
  const query = sdl.includes('type Query') ? 'extend type Query' : 'type Query';
  return buildSchema(
    `directive @link(url: String, import: [String]) on SCHEMA
     directive @key(fields: String!) on OBJECT
     directive @requires(fields: String!) on FIELD_DEFINITION
     directive @external on FIELD_DEFINITION
     scalar _Any union _Entity = ${entities}
     ${sdl.replace(/extend schema[^\n]*\n/, '')}
     ${query} { _entities(representations: [_Any!]!): [_Entity]! }`,
    { assumeValidSDL: true },
  );
}

const schemas = Object.fromEntries(Object.keys(SCHEMAS).map((name) => [name, subgraphSchema(name as SubgraphName)]));
/** The gateways are measured, not these servers: an answer that was given before is given again. */
const answers = new Map<string, string>();

async function answer(name: SubgraphName, body: string): Promise<string> {
  const key = `${name}${body.replace(/"n":\d+/, '')}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Source };
  const rootValue = {
    ...ROOTS[name],
    _entities: ({ representations }: { representations: Source[] }) => representations.map(ENTITIES[name]),
  };
  const result = await execute({
    schema: schemas[name] as GraphQLSchema,
    document: parse(query),
    rootValue,
    variableValues: variables ?? {},
  });
  const text = JSON.stringify(result);
  if (answers.size > 5_000) answers.clear();
  answers.set(key, text);
  return text;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const server = createServer(async (request, response) => {
  const name = request.url?.slice(1) ?? '';
  if (!(name in SCHEMAS)) return void response.writeHead(404).end();
  if (request.method === 'GET') return void response.end('ok');
  const text = await answer(name as SubgraphName, await readBody(request));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1');

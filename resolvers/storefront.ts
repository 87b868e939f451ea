import { ask } from './ask.ts';
import type { Resolvers } from './generated/resolvers.ts';

/** Not all that is asked for is in stock; so many more are looked at. */
const FEATURED_CANDIDATES = 20;

const resolvers: Resolvers = {
  Query: {
    storefront: (_, { userId }, { request }) => ({ customerId: userId ?? request.identity?.subject ?? null }),

    async search(_, { term, first }, context) {
      const [products, users] = await Promise.all([
        ask<{ products: { items: { id: string }[] } }>(
          context.upstream('catalog'),
          'query ($term: String, $first: Int!) { products(search: $term, limit: $first) { items { id } } }',
          { term, first: Math.min(Math.max(first, 1), 100) },
        ),
        ask<{ users: { nodes: { id: string; username: string }[] } }>(
          context.upstream('accounts'),
          '{ users(first: 1000) { nodes { id username } } }',
        ),
      ]);
      return [
        ...products.products.items.map(({ id }) => ({ __typename: 'Product' as const, id })),
        ...users.users.nodes
          .filter(({ username }) => username.includes(term.toLowerCase()))
          .map(({ id }) => ({ __typename: 'User' as const, id })),
      ].slice(0, Math.max(0, first));
    },

    node(_, { id }) {
      const typename = NODE_TYPES[id.charAt(0)];
      return typename === undefined ? null : { __typename: typename, id };
    },
  },

  Storefront: {
    async greeting({ customerId }, _, context) {
      if (customerId === null) return 'Welcome!';
      const { user } = await ask<{ user: { firstName: string | null } | null }>(
        context.upstream('accounts'),
        'query ($id: ID!) { user(id: $id) { firstName } }',
        { id: customerId },
      );
      return user?.firstName == null ? 'Welcome back!' : `Welcome back, ${user.firstName}!`;
    },

    customer: ({ customerId }) => (customerId === null ? null : { id: customerId }),

    // Through the gateway itself: which products are in stock is known only where catalog and inventory meet.
    async featured(_, { first }, context) {
      const { products } = await ask<Featured>(
        context.gateway,
        `query ($limit: Int!) {
          products(featured: true, limit: $limit) { items { id availability { available } } }
        }`,
        { limit: FEATURED_CANDIDATES },
      );
      const isInStock = ({ availability }: Featured['products']['items'][number]) => (availability?.available ?? 0) > 0;
      return products.items
        .toSorted((a, b) => Number(isInStock(b)) - Number(isInStock(a)))
        .slice(0, Math.max(0, first))
        .map(({ id }) => ({ id }));
    },

    async latestReviews(_, { first }, context) {
      const { reviews } = await ask<{ reviews: { id: string }[] }>(
        context.upstream('reviews'),
        'query ($first: Int!) { reviews(first: $first) { id } }',
        { first },
      );
      return reviews;
    },

    async openOrders({ customerId }, { first }, context) {
      if (customerId === null) return [];
      const { orders } = await ask<{ orders: { id: string; status: string }[] }>(
        context.upstream('orders'),
        'query ($customerId: ID!) { orders(customerId: $customerId, first: 100) { id status } }',
        { customerId },
      );
      return orders
        .filter(({ status }) => OPEN.has(status))
        .slice(0, Math.max(0, first))
        .map(({ id }) => ({ id }));
    },
  },

  User: {
    __resolveReference: (reference) => reference,
    fullName: ({ firstName, lastName }) => [firstName, lastName].filter((name) => name != null).join(' ') || null,
  },
};

export default resolvers;

interface Featured {
  products: { items: { id: string; availability: { available: number } | null }[] };
}

const NODE_TYPES: Record<string, 'User' | 'Product' | 'Review' | undefined> = { u: 'User', p: 'Product', r: 'Review' };
const OPEN: ReadonlySet<string> = new Set(['PENDING', 'PAID', 'SHIPPED']);

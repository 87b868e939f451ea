import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { type MonolithContext, type ShopWorld, take, type UserNode } from './shop-world.ts';

type Page = { first: number };
type Storefront = { customerId: string | null };

export function storefrontResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { users, products, reviews, orders, stock } = world.data;
  const isInStock = (sku: string) => {
    const shelves = stock.find((record) => record.sku === sku)?.shelves ?? [];
    return shelves.reduce((free, { quantity, reserved }) => free + quantity - reserved, 0) > 0;
  };

  return {
    Query: {
      storefront: (_, { userId }: { userId?: string | null }, { identity }): Storefront => ({
        customerId: userId ?? identity?.subject ?? null,
      }),
      search(_, { term, first }: { term: string } & Page) {
        const text = term.toLowerCase();
        const found = [
          ...take(
            products.filter(({ name }) => name.toLowerCase().includes(text)),
            Math.min(Math.max(first, 1), 100),
          ).map(({ id }) => world.product(id)),
          ...users.filter(({ username }) => username.includes(text)).map(({ id }) => world.user(id)),
        ];
        return take(found, first);
      },
      node(_, { id }: { id: string }) {
        if (id.startsWith('u')) return world.user(id);
        if (id.startsWith('p')) return world.product(id);
        return id.startsWith('r') ? world.review(id) : null;
      },
    },
    Storefront: {
      greeting({ customerId }: Storefront) {
        if (customerId === null) return 'Welcome!';
        const name = world.user(customerId).record?.firstName;
        return name == null ? 'Welcome back!' : `Welcome back, ${name}!`;
      },
      customer: ({ customerId }: Storefront) => (customerId === null ? null : world.user(customerId)),
      featured(_: Storefront, { first }: Page) {
        const candidates = products.filter(({ featured }) => featured).slice(0, 20);
        const inStock = candidates.filter(({ sku }) => isInStock(sku));
        const rest = candidates.filter(({ sku }) => !isInStock(sku));
        return take([...inStock, ...rest], first).map(({ id }) => world.product(id));
      },
      latestReviews(_: Storefront, { first }: Page) {
        const newest = reviews.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
        return take(newest, first).map(({ id }) => world.review(id));
      },
      openOrders({ customerId }: Storefront, { first }: Page) {
        const open = orders
          .filter((order) => order.customerId === customerId && !['DELIVERED', 'CANCELLED'].includes(order.status))
          .toSorted((a, b) => b.placedAt.localeCompare(a.placedAt) || a.number - b.number);
        return take(open, first);
      },
    },
    Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    SearchResult: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    User: {
      fullName({ record }: UserNode) {
        const names = [record?.firstName, record?.lastName].filter((name) => name != null);
        return names.length === 0 ? null : names.join(' ');
      },
    },
  };
}

import { createShopData } from '../../../examples/data/shop-data.ts';
import { DateTime, Long } from '../../../examples/services/scalars.ts';
import { accountsResolvers } from '../../monolith/accounts.ts';
import { catalogResolvers } from '../../monolith/catalog.ts';
import { inventoryResolvers } from '../../monolith/inventory.ts';
import { ordersResolvers } from '../../monolith/orders.ts';
import { reviewsResolvers } from '../../monolith/reviews.ts';
import { createShopWorld } from '../../monolith/shop-world.ts';
import { storefrontResolvers } from '../../monolith/storefront.ts';
import type { Fixture, FixtureResolver, FixtureResolvers, Thing } from '../federation/fixture.ts';
import { readShopSubgraphs } from './shop-sdl.ts';

interface ShopProduct {
  readonly record: object | null;
}

/** The shop that ships with the gateway: six subgraphs, keys of several kinds, errors in the middle of its data. */
export function shopFixture(): Fixture {
  const world = createShopWorld(createShopData());
  const parts = [
    accountsResolvers(world),
    catalogResolvers(world),
    inventoryResolvers(world),
    reviewsResolvers(world),
    ordersResolvers(world),
    storefrontResolvers(world),
  ] as readonly FixtureResolvers[];
  const types: Record<string, Record<string, FixtureResolver>> = {};
  for (const [type, resolvers] of parts.flatMap((part) => Object.entries(part))) {
    types[type] = { ...types[type], ...(resolvers as Record<string, FixtureResolver>) };
  }
  // Computed from what it requires, not from the record.
  types.User = {
    ...types.User,
    fullName: ({ firstName, lastName }: Thing) =>
      [firstName, lastName].filter((name) => name != null).join(' ') || null,
  };

  // One product names another that is not there. It has no key to ask other subgraphs by, so they cannot say what a monolith does.
  const related = types.Product?.related;
  types.Product = {
    ...types.Product,
    related: (...given) => (related?.(...given) as ShopProduct[] | undefined)?.filter(({ record }) => record !== null),
  };

  return {
    name: 'shop',
    subgraphs: readShopSubgraphs(),
    resolvers: { ...types, DateTime, Long },
    resolveReference(typeName, { id, email, sku }, subgraph) {
      switch (typeName) {
        case 'User': {
          const user = id === undefined ? world.userByEmail(String(email)) : world.user(String(id));
          // A user that was deleted is unknown to the subgraph that owns users, and to no other.
          return subgraph === 'accounts' && user.record === null ? null : (user as unknown as Thing);
        }
        case 'Product': {
          const found = world.data.products.find((product) => product.sku === sku);
          return world.product(String(id ?? found?.id)) as unknown as Thing;
        }
        case 'Review':
          return world.review(String(id)) as unknown as Thing;
        case 'Category':
          return world.category(String(id)) as unknown as Thing | null;
        default:
          return (world.data.orders.find((order) => order.id === id) ?? null) as unknown as Thing | null;
      }
    },
    identify: ({ id, email, number }) => String(id ?? email ?? number ?? ''),
    isUnknown: ({ record }) => record === null,
    identity: {
      subject: 'u1',
      kind: 'jwt',
      scopes: ['users:read', 'orders:read', 'orders:write', 'catalog:write'],
      roles: ['customer'],
      claims: {},
    },
    arguments: {
      'Query.user(id:)': ['u1', 'u2', 'u3', 'u77'],
      'Query.userByEmail(email:)': ['nobody@shop.example', ...world.data.users.slice(0, 3).map(({ email }) => email)],
      'Query.users(first:)': [0, 1, 3],
      'Query.users(after:)': ['u1', 'u4'],
      'User.referrals(first:)': [0, 2],
      'Query.product(id:)': ['p1', 'p3', 'p17', 'p999'],
      'Query.productBySku(sku:)': ['SKU-0001', 'SKU-0017', 'NONE'],
      'Query.products(page:)': [1, 2],
      'Query.products(limit:)': [1, 3],
      'Query.products(category:)': ['c1', 'c2'],
      'Query.category(id:)': ['c1', 'c2', 'c99'],
      'Category.products(limit:)': [0, 1, 3],
      'Query.order(id:)': ['o1', 'o2', 'o3', 'o99'],
      'Query.orders(first:)': [0, 1, 3],
      'Query.orders(customerId:)': ['u1', 'u2'],
      'User.orders(first:)': [0, 1, 3],
      'Query.review(id:)': ['r1', 'r2', 'r29', 'r999'],
      'Query.reviews(first:)': [0, 1, 3],
      'Query.feed(first:)': [0, 1, 4],
      'User.reviews(first:)': [0, 1, 3],
      'Product.reviews(first:)': [0, 1, 3],
      'Query.storefront(userId:)': ['u1', 'u2', 'u77'],
      'Query.search(term:)': ['ke', 'a', 'an'],
      'Query.search(first:)': [0, 1, 4],
      'Query.node(id:)': ['u1', 'p1', 'r1', 'x'],
      'Storefront.featured(first:)': [0, 1, 4],
      'Storefront.latestReviews(first:)': [0, 2],
      'Storefront.openOrders(first:)': [0, 2],
    },
  };
}

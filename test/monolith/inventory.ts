import { GraphQLError } from 'graphql';
import type { ShelfRecord } from '../../examples/data/stock.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import type { MonolithContext, ProductNode, ShopWorld } from './shop-world.ts';

export function inventoryResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { stock, warehouses } = world.data;
  return {
    Query: { warehouses: () => warehouses },
    Product: {
      availability({ record }: ProductNode) {
        if (record === null) return null;
        const found = stock.find(({ sku }) => sku === record.sku);
        if (found === undefined) {
          throw new GraphQLError('An upstream reported an error', { extensions: { code: 'UPSTREAM_ERROR' } });
        }
        let quantity = 0;
        let reserved = 0;
        for (const shelf of found.shelves) {
          quantity += shelf.quantity;
          reserved += shelf.reserved;
        }
        const available = quantity > reserved ? quantity - reserved : 0;
        const level = available === 0 ? 'OUT_OF_STOCK' : available < 20 ? 'LOW' : 'IN_STOCK';
        return { level, quantity, reserved, available, updatedAt: found.updatedAt, shelves: found.shelves };
      },
    },
    Shelf: {
      warehouse: (shelf: ShelfRecord) => warehouses.find(({ code }) => code === shelf.warehouse),
      place: (shelf: ShelfRecord) => shelf.shelf,
    },
  };
}

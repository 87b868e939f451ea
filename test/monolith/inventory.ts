import type { ShelfRecord } from '../../examples/data/stock.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { failRestCall, type MonolithContext, type ProductNode, type ShopWorld } from './shop-world.ts';

export function inventoryResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { stock, warehouses } = world.data;
  return {
    Query: { warehouses: () => warehouses },
    Product: {
      availability({ record }: ProductNode) {
        const { sku } = record ?? failRestCall();
        const found = stock.find((candidate) => candidate.sku === sku) ?? failRestCall();
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

import { createShopData } from '../data/shop-data.ts';
import type { ShelfRecord, StockRecord, WarehouseRecord } from '../data/stock.ts';
import type { ServiceOptions } from './graphql-service.ts';
import { listen, type Service } from './listen.ts';
import { createRestHandler, Problem } from './rest.ts';
import { runAlone } from './run-alone.ts';

/** What lies in the warehouses: a REST service. */
export function startInventory({ port = 0 }: ServiceOptions = {}): Promise<Service> {
  const { stock, warehouses } = createShopData();
  const byCode = new Map(warehouses.map((warehouse) => [warehouse.code, warehouse]));
  const bySku = new Map(stock.map((record) => [record.sku, record]));

  const handler = createRestHandler(
    {
      'GET /stock': ({ query }) => ({
        body: {
          data: (query.get('skus')?.split(',') ?? [...bySku.keys()])
            .flatMap((sku) => bySku.get(sku) ?? [])
            .map((record) => writeStock(record, byCode)),
        },
      }),
      'GET /stock/{sku}': ({ params }) => {
        const record = bySku.get(params.sku as string);
        if (record === undefined) throw new Problem(404, `There is no stock of "${params.sku}"`);
        return { body: writeStock(record, byCode) };
      },
      'PUT /stock/{sku}': ({ params, body }) => {
        const sku = params.sku as string;
        const record = { sku, updatedAt: new Date().toISOString(), shelves: readShelves(body, byCode) };
        const status = bySku.has(sku) ? 200 : 201;
        bySku.set(sku, record);
        return { status, body: writeStock(record, byCode) };
      },
      'GET /warehouses': () => ({ body: { data: warehouses.map(writeWarehouse) } }),
      'GET /warehouses/{code}': ({ params }) => {
        const warehouse = byCode.get(params.code as string);
        if (warehouse === undefined) throw new Problem(404, `There is no warehouse "${params.code}"`);
        return { body: writeWarehouse(warehouse) };
      },
    },
    { maxAgeS: 5 },
  );
  return listen(handler, { port });
}

function writeStock({ sku, updatedAt, shelves }: StockRecord, byCode: Map<string, WarehouseRecord>): object {
  const quantity = sum(shelves, (shelf) => shelf.quantity);
  const reserved = sum(shelves, (shelf) => shelf.reserved);
  const free = Math.max(0, quantity - reserved);
  return {
    sku,
    updated_at: updatedAt,
    totals: { quantity, reserved, free },
    level: free === 0 ? 'none' : free < 20 ? 'low' : 'high',
    shelves: shelves.map(({ warehouse, quantity, reserved, shelf, restockAt }) => ({
      warehouse: writeWarehouse(byCode.get(warehouse) as WarehouseRecord),
      quantity,
      reserved,
      shelf,
      restock_at: restockAt,
    })),
  };
}

function writeWarehouse({ code, name, city, country, location }: WarehouseRecord): object {
  const geo = location && { lat: location.latitude, lon: location.longitude };
  return { code, name, address: { city, country, geo } };
}

function readShelves(body: unknown, byCode: Map<string, WarehouseRecord>): ShelfRecord[] {
  const shelves = (body as { shelves?: unknown } | null)?.shelves;
  if (!Array.isArray(shelves)) throw new Problem(422, 'Expected {"shelves": [{"warehouse", "quantity"}, …]}');
  return shelves.map(({ warehouse, quantity, reserved = 0, shelf = null }: Partial<ShelfRecord>) => {
    if (warehouse === undefined || !byCode.has(warehouse))
      throw new Problem(422, `There is no warehouse "${warehouse}"`);
    if (!isCount(quantity) || !isCount(reserved)) throw new Problem(422, 'A quantity is an integer of 0 or more');
    return { warehouse, quantity, reserved, shelf, restockAt: null };
  });
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function sum(shelves: readonly ShelfRecord[], quantityOf: (shelf: ShelfRecord) => number): number {
  return shelves.reduce((total, shelf) => total + quantityOf(shelf), 0);
}

await runAlone(import.meta, 'inventory', 4003, startInventory);

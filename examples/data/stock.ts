import type { Location } from './users.ts';

export interface WarehouseRecord {
  code: string;
  name: string;
  city: string;
  country: string;
  location: Location | null;
}

export interface StockRecord {
  sku: string;
  updatedAt: string;
  shelves: ShelfRecord[];
}

export interface ShelfRecord {
  warehouse: string;
  quantity: number;
  reserved: number;
  shelf: string | null;
  restockAt: string | null;
}

// biome-ignore format: one record a line reads as a table
export const WAREHOUSES: readonly WarehouseRecord[] = [
  { code: 'LIS', name: 'Lisboa Norte', city: 'Lisbon', country: 'PT', location: { latitude: 38.7223, longitude: -9.1393 } },
  { code: 'KRK', name: 'Kraków Płaszów', city: 'Kraków', country: 'PL', location: { latitude: 50.0647, longitude: 19.945 } },
  { code: 'NRT', name: '成田倉庫', city: '成田', country: 'JP', location: null },
];

/** SKU-0017, SKU-0033 and SKU-0055 are on purpose not here. */
// biome-ignore format: one record a line reads as a table
export const STOCK: readonly StockRecord[] = [
  { sku: 'SKU-0001', updatedAt: '2025-07-24T08:45:18.000Z', shelves: [{ warehouse: 'LIS', quantity: 49, reserved: 1, shelf: null, restockAt: '2026-03-14T15:56:29.000Z' }, { warehouse: 'NRT', quantity: 82, reserved: 1, shelf: 'B-29', restockAt: null }] },
  { sku: 'SKU-0002', updatedAt: '2025-04-16T14:03:51.000Z', shelves: [{ warehouse: 'LIS', quantity: 13, reserved: 0, shelf: 'Ø-35', restockAt: null }, { warehouse: 'KRK', quantity: 25, reserved: 2, shelf: 'B-35', restockAt: null }] },
  { sku: 'SKU-0003', updatedAt: '2025-12-03T00:45:13.000Z', shelves: [{ warehouse: 'LIS', quantity: 20, reserved: 1, shelf: 'A-28', restockAt: null }, { warehouse: 'NRT', quantity: 98, reserved: 2, shelf: 'A-36', restockAt: '2026-02-09T18:46:20.000Z' }] },
  { sku: 'SKU-0004', updatedAt: '2025-07-20T17:27:10.000Z', shelves: [{ warehouse: 'LIS', quantity: 115, reserved: 1, shelf: 'B-23', restockAt: '2026-01-09T11:51:50.000Z' }, { warehouse: 'KRK', quantity: 79, reserved: 3, shelf: null, restockAt: null }] },
  { sku: 'SKU-0005', updatedAt: '2025-06-06T20:14:49.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'B-33', restockAt: null }] },
  { sku: 'SKU-0006', updatedAt: '2025-05-23T15:09:42.000Z', shelves: [{ warehouse: 'LIS', quantity: 31, reserved: 0, shelf: 'Ø-5', restockAt: null }, { warehouse: 'KRK', quantity: 59, reserved: 1, shelf: 'A-17', restockAt: '2026-04-19T16:14:47.000Z' }] },
  { sku: 'SKU-0007', updatedAt: '2025-03-17T04:57:20.000Z', shelves: [{ warehouse: 'LIS', quantity: 69, reserved: 2, shelf: 'Ø-1', restockAt: '2026-12-14T02:35:02.000Z' }, { warehouse: 'NRT', quantity: 119, reserved: 1, shelf: 'Ø-32', restockAt: null }] },
  { sku: 'SKU-0008', updatedAt: '2025-11-05T01:38:20.000Z', shelves: [{ warehouse: 'LIS', quantity: 33, reserved: 3, shelf: 'A-1', restockAt: null }, { warehouse: 'KRK', quantity: 84, reserved: 1, shelf: null, restockAt: null }] },
  { sku: 'SKU-0009', updatedAt: '2025-05-16T22:22:30.000Z', shelves: [{ warehouse: 'LIS', quantity: 93, reserved: 2, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 53, reserved: 2, shelf: 'A-29', restockAt: '2026-02-24T07:51:29.000Z' }] },
  { sku: 'SKU-0010', updatedAt: '2025-05-06T04:58:18.000Z', shelves: [] },
  { sku: 'SKU-0011', updatedAt: '2025-09-02T19:15:20.000Z', shelves: [{ warehouse: 'LIS', quantity: 51, reserved: 3, shelf: 'Ø-18', restockAt: null }, { warehouse: 'NRT', quantity: 99, reserved: 1, shelf: 'B-12', restockAt: null }] },
  { sku: 'SKU-0012', updatedAt: '2025-10-08T21:43:16.000Z', shelves: [{ warehouse: 'LIS', quantity: 14, reserved: 1, shelf: 'A-38', restockAt: null }, { warehouse: 'KRK', quantity: 72, reserved: 0, shelf: null, restockAt: '2026-04-18T15:35:49.000Z' }] },
  { sku: 'SKU-0013', updatedAt: '2025-02-10T15:32:06.000Z', shelves: [{ warehouse: 'LIS', quantity: 20, reserved: 0, shelf: null, restockAt: '2026-06-03T09:04:16.000Z' }, { warehouse: 'NRT', quantity: 12, reserved: 2, shelf: 'A-23', restockAt: null }] },
  { sku: 'SKU-0014', updatedAt: '2025-05-19T07:26:40.000Z', shelves: [{ warehouse: 'LIS', quantity: 109, reserved: 2, shelf: 'A-7', restockAt: null }, { warehouse: 'KRK', quantity: 114, reserved: 0, shelf: 'B-20', restockAt: null }] },
  { sku: 'SKU-0015', updatedAt: '2025-03-24T07:47:03.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: 'B-7', restockAt: null }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'Ø-34', restockAt: '2026-04-08T13:54:43.000Z' }] },
  { sku: 'SKU-0016', updatedAt: '2025-09-11T21:34:40.000Z', shelves: [{ warehouse: 'LIS', quantity: 35, reserved: 1, shelf: 'A-35', restockAt: '2026-01-13T15:14:33.000Z' }, { warehouse: 'KRK', quantity: 86, reserved: 1, shelf: null, restockAt: null }] },
  { sku: 'SKU-0018', updatedAt: '2025-09-22T03:16:44.000Z', shelves: [{ warehouse: 'LIS', quantity: 63, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 10, reserved: 0, shelf: 'A-18', restockAt: null }] },
  { sku: 'SKU-0019', updatedAt: '2025-09-01T21:13:00.000Z', shelves: [{ warehouse: 'LIS', quantity: 68, reserved: 2, shelf: 'B-26', restockAt: null }, { warehouse: 'KRK', quantity: 116, reserved: 0, shelf: 'B-14', restockAt: '2026-07-12T17:27:23.000Z' }] },
  { sku: 'SKU-0020', updatedAt: '2025-11-09T04:57:31.000Z', shelves: [{ warehouse: 'LIS', quantity: 33, reserved: 1, shelf: 'B-18', restockAt: '2026-02-17T03:14:13.000Z' }, { warehouse: 'NRT', quantity: 46, reserved: 0, shelf: 'A-37', restockAt: null }] },
  { sku: 'SKU-0021', updatedAt: '2025-11-28T17:22:51.000Z', shelves: [] },
  { sku: 'SKU-0022', updatedAt: '2025-08-10T22:52:34.000Z', shelves: [{ warehouse: 'LIS', quantity: 21, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 32, reserved: 0, shelf: 'B-14', restockAt: '2026-12-07T18:24:28.000Z' }] },
  { sku: 'SKU-0023', updatedAt: '2025-10-18T05:25:21.000Z', shelves: [{ warehouse: 'LIS', quantity: 68, reserved: 3, shelf: 'A-22', restockAt: '2026-02-07T12:10:29.000Z' }, { warehouse: 'KRK', quantity: 79, reserved: 0, shelf: 'B-11', restockAt: null }] },
  { sku: 'SKU-0024', updatedAt: '2025-12-04T02:43:28.000Z', shelves: [{ warehouse: 'LIS', quantity: 112, reserved: 0, shelf: 'Ø-6', restockAt: null }, { warehouse: 'NRT', quantity: 99, reserved: 1, shelf: 'Ø-38', restockAt: null }] },
  { sku: 'SKU-0025', updatedAt: '2025-01-08T20:42:24.000Z', shelves: [{ warehouse: 'LIS', quantity: 19, reserved: 0, shelf: 'B-39', restockAt: null }, { warehouse: 'KRK', quantity: 67, reserved: 1, shelf: null, restockAt: '2026-01-01T08:05:31.000Z' }] },
  { sku: 'SKU-0026', updatedAt: '2025-10-06T13:14:21.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: null, restockAt: '2026-09-22T00:56:34.000Z' }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'A-2', restockAt: null }] },
  { sku: 'SKU-0027', updatedAt: '2025-12-24T02:54:41.000Z', shelves: [{ warehouse: 'LIS', quantity: 42, reserved: 3, shelf: 'B-37', restockAt: null }, { warehouse: 'KRK', quantity: 30, reserved: 3, shelf: 'Ø-18', restockAt: null }] },
  { sku: 'SKU-0028', updatedAt: '2025-06-19T18:28:14.000Z', shelves: [{ warehouse: 'LIS', quantity: 37, reserved: 1, shelf: 'Ø-23', restockAt: null }, { warehouse: 'NRT', quantity: 32, reserved: 0, shelf: 'Ø-11', restockAt: '2026-05-21T16:47:14.000Z' }] },
  { sku: 'SKU-0029', updatedAt: '2025-09-13T00:29:25.000Z', shelves: [{ warehouse: 'LIS', quantity: 12, reserved: 1, shelf: 'A-28', restockAt: '2026-01-22T14:02:34.000Z' }, { warehouse: 'KRK', quantity: 8, reserved: 0, shelf: null, restockAt: null }] },
  { sku: 'SKU-0030', updatedAt: '2025-01-15T08:06:55.000Z', shelves: [{ warehouse: 'LIS', quantity: 84, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 82, reserved: 3, shelf: 'A-29', restockAt: null }] },
  { sku: 'SKU-0031', updatedAt: '2025-02-14T15:02:55.000Z', shelves: [] },
  { sku: 'SKU-0032', updatedAt: '2025-01-20T08:28:08.000Z', shelves: [{ warehouse: 'LIS', quantity: 66, reserved: 2, shelf: 'B-7', restockAt: '2026-04-25T01:43:21.000Z' }, { warehouse: 'NRT', quantity: 99, reserved: 0, shelf: 'B-6', restockAt: null }] },
  { sku: 'SKU-0034', updatedAt: '2025-11-28T19:18:27.000Z', shelves: [{ warehouse: 'LIS', quantity: 22, reserved: 2, shelf: 'B-12', restockAt: null }, { warehouse: 'KRK', quantity: 115, reserved: 1, shelf: null, restockAt: null }] },
  { sku: 'SKU-0035', updatedAt: '2025-10-01T20:17:48.000Z', shelves: [{ warehouse: 'LIS', quantity: 102, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 103, reserved: 1, shelf: 'B-38', restockAt: '2026-07-04T09:28:29.000Z' }] },
  { sku: 'SKU-0036', updatedAt: '2025-06-26T09:34:47.000Z', shelves: [{ warehouse: 'LIS', quantity: 104, reserved: 3, shelf: 'A-22', restockAt: '2026-02-02T06:31:43.000Z' }, { warehouse: 'KRK', quantity: 17, reserved: 1, shelf: 'Ø-16', restockAt: null }] },
  { sku: 'SKU-0037', updatedAt: '2025-06-04T13:15:20.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: 'B-20', restockAt: null }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'A-37', restockAt: null }] },
  { sku: 'SKU-0038', updatedAt: '2025-06-09T07:03:53.000Z', shelves: [{ warehouse: 'LIS', quantity: 78, reserved: 1, shelf: 'Ø-16', restockAt: null }, { warehouse: 'KRK', quantity: 44, reserved: 2, shelf: null, restockAt: '2026-10-12T14:08:23.000Z' }] },
  { sku: 'SKU-0039', updatedAt: '2025-07-18T13:03:34.000Z', shelves: [{ warehouse: 'LIS', quantity: 83, reserved: 3, shelf: null, restockAt: '2026-09-21T05:07:13.000Z' }, { warehouse: 'NRT', quantity: 112, reserved: 0, shelf: 'Ø-32', restockAt: null }] },
  { sku: 'SKU-0040', updatedAt: '2025-02-26T17:58:55.000Z', shelves: [{ warehouse: 'LIS', quantity: 112, reserved: 3, shelf: 'A-29', restockAt: null }, { warehouse: 'KRK', quantity: 97, reserved: 1, shelf: 'A-5', restockAt: null }] },
  { sku: 'SKU-0041', updatedAt: '2025-08-21T11:29:52.000Z', shelves: [{ warehouse: 'LIS', quantity: 109, reserved: 2, shelf: 'Ø-4', restockAt: null }, { warehouse: 'NRT', quantity: 26, reserved: 2, shelf: 'Ø-29', restockAt: '2026-09-04T14:46:58.000Z' }] },
  { sku: 'SKU-0042', updatedAt: '2025-07-01T20:58:53.000Z', shelves: [] },
  { sku: 'SKU-0043', updatedAt: '2025-11-16T07:12:15.000Z', shelves: [{ warehouse: 'LIS', quantity: 92, reserved: 1, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 23, reserved: 3, shelf: 'A-34', restockAt: null }] },
  { sku: 'SKU-0044', updatedAt: '2025-02-17T15:01:52.000Z', shelves: [{ warehouse: 'LIS', quantity: 1, reserved: 1, shelf: 'A-37', restockAt: null }, { warehouse: 'KRK', quantity: 118, reserved: 2, shelf: 'A-5', restockAt: '2026-12-04T00:25:39.000Z' }] },
  { sku: 'SKU-0045', updatedAt: '2025-06-04T19:32:34.000Z', shelves: [{ warehouse: 'LIS', quantity: 59, reserved: 3, shelf: 'B-8', restockAt: '2026-07-18T03:31:08.000Z' }, { warehouse: 'NRT', quantity: 28, reserved: 1, shelf: 'B-9', restockAt: null }] },
  { sku: 'SKU-0046', updatedAt: '2025-02-20T16:43:34.000Z', shelves: [{ warehouse: 'LIS', quantity: 16, reserved: 2, shelf: 'A-11', restockAt: null }, { warehouse: 'KRK', quantity: 50, reserved: 3, shelf: null, restockAt: null }] },
  { sku: 'SKU-0047', updatedAt: '2025-02-27T04:22:58.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'A-21', restockAt: '2026-11-17T13:57:09.000Z' }] },
  { sku: 'SKU-0048', updatedAt: '2025-05-03T19:19:15.000Z', shelves: [{ warehouse: 'LIS', quantity: 76, reserved: 2, shelf: 'Ø-35', restockAt: '2026-08-06T20:56:49.000Z' }, { warehouse: 'KRK', quantity: 85, reserved: 2, shelf: 'A-2', restockAt: null }] },
  { sku: 'SKU-0049', updatedAt: '2025-05-06T10:33:11.000Z', shelves: [{ warehouse: 'LIS', quantity: 103, reserved: 3, shelf: 'Ø-30', restockAt: null }, { warehouse: 'NRT', quantity: 97, reserved: 2, shelf: 'A-31', restockAt: null }] },
  { sku: 'SKU-0050', updatedAt: '2025-06-26T22:47:37.000Z', shelves: [{ warehouse: 'LIS', quantity: 39, reserved: 1, shelf: 'A-11', restockAt: null }, { warehouse: 'KRK', quantity: 90, reserved: 0, shelf: null, restockAt: '2026-04-24T22:38:15.000Z' }] },
  { sku: 'SKU-0051', updatedAt: '2025-06-05T06:16:51.000Z', shelves: [{ warehouse: 'LIS', quantity: 101, reserved: 0, shelf: null, restockAt: '2026-08-28T06:48:54.000Z' }, { warehouse: 'NRT', quantity: 30, reserved: 1, shelf: 'A-25', restockAt: null }] },
  { sku: 'SKU-0052', updatedAt: '2025-08-09T10:40:19.000Z', shelves: [] },
  { sku: 'SKU-0053', updatedAt: '2025-01-07T11:21:02.000Z', shelves: [{ warehouse: 'LIS', quantity: 18, reserved: 1, shelf: 'B-18', restockAt: null }, { warehouse: 'NRT', quantity: 96, reserved: 0, shelf: 'A-36', restockAt: '2026-03-27T10:42:45.000Z' }] },
  { sku: 'SKU-0054', updatedAt: '2025-07-18T20:53:57.000Z', shelves: [{ warehouse: 'LIS', quantity: 69, reserved: 3, shelf: 'A-33', restockAt: '2026-12-28T17:46:26.000Z' }, { warehouse: 'KRK', quantity: 14, reserved: 1, shelf: null, restockAt: null }] },
  { sku: 'SKU-0056', updatedAt: '2025-06-04T01:43:49.000Z', shelves: [{ warehouse: 'LIS', quantity: 66, reserved: 3, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 73, reserved: 3, shelf: 'Ø-4', restockAt: null }] },
  { sku: 'SKU-0057', updatedAt: '2025-10-22T09:49:11.000Z', shelves: [{ warehouse: 'LIS', quantity: 30, reserved: 3, shelf: 'Ø-16', restockAt: null }, { warehouse: 'KRK', quantity: 0, reserved: 1, shelf: 'Ø-36', restockAt: '2026-02-11T07:31:39.000Z' }] },
  { sku: 'SKU-0058', updatedAt: '2025-11-14T11:26:04.000Z', shelves: [{ warehouse: 'LIS', quantity: 0, reserved: 0, shelf: 'A-23', restockAt: '2026-04-07T11:45:36.000Z' }, { warehouse: 'NRT', quantity: 0, reserved: 0, shelf: 'A-1', restockAt: null }] },
  { sku: 'SKU-0059', updatedAt: '2025-07-26T15:54:28.000Z', shelves: [{ warehouse: 'LIS', quantity: 40, reserved: 0, shelf: 'A-26', restockAt: null }, { warehouse: 'KRK', quantity: 58, reserved: 2, shelf: null, restockAt: null }] },
  { sku: 'SKU-0060', updatedAt: '2025-03-01T21:13:39.000Z', shelves: [{ warehouse: 'LIS', quantity: 76, reserved: 0, shelf: null, restockAt: null }, { warehouse: 'NRT', quantity: 101, reserved: 1, shelf: 'B-17', restockAt: '2026-08-01T09:34:00.000Z' }] },
];

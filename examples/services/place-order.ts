import type { OrderRecord } from '../data/orders.ts';
import type { ProductRecord } from '../data/products.ts';

export interface PlaceOrderInput {
  items: { productId: string; quantity: number }[];
  payment?: { kind: 'CARD' | 'INVOICE'; reference?: string | null } | null;
  note?: string | null;
}

export type PlaceOrderResult =
  | { __typename: 'OrderPlaced'; order: OrderRecord }
  | { __typename: 'OutOfStock'; product: { id: string }; available: number }
  | { __typename: 'InvalidOrder'; problems: { field: string; message: string }[] };

interface PlaceOrderContext {
  customerId: string;
  /** Counts orders from 1. */
  orderNumber: number;
  products: readonly ProductRecord[];
}

/** Nobody gets more of one product in one order. */
const MAX_QUANTITY = 100;

/** Decides on an order, and writes it; the caller keeps it. */
export function placeOrder(input: PlaceOrderInput, context: PlaceOrderContext): PlaceOrderResult {
  const problems = input.items.flatMap(({ productId, quantity }, index) => [
    ...(context.products.some(({ id }) => id === productId)
      ? []
      : [{ field: `items.${index}.productId`, message: `There is no product "${productId}"` }]),
    ...(quantity >= 1 ? [] : [{ field: `items.${index}.quantity`, message: `Must be 1 or more, got ${quantity}` }]),
  ]);
  if (input.items.length === 0) problems.push({ field: 'items', message: 'An order has at least one item' });
  if (problems.length > 0) return { __typename: 'InvalidOrder', problems };

  const tooMany = input.items.find(({ quantity }) => quantity > MAX_QUANTITY);
  if (tooMany) return { __typename: 'OutOfStock', product: { id: tooMany.productId }, available: MAX_QUANTITY };

  const items = input.items.map(({ productId, quantity }) => {
    const product = context.products.find(({ id }) => id === productId) as ProductRecord;
    return { productId, quantity, unitPrice: product.price.amount, currency: product.price.currency };
  });
  const order: OrderRecord = {
    id: `o${context.orderNumber}`,
    number: 100_000 + context.orderNumber * 37,
    customerId: context.customerId,
    status: 'PENDING',
    items: items.map(({ currency: _, ...item }) => item),
    currency: items[0]?.currency ?? 'EUR',
    placedAt: new Date().toISOString(),
    payment: toPayment(input.payment),
    shipments: [],
    note: input.note ?? null,
    invoiceReady: false,
  };
  return { __typename: 'OrderPlaced', order };
}

function toPayment(payment: PlaceOrderInput['payment']): OrderRecord['payment'] {
  if (payment == null) return null;
  return payment.kind === 'INVOICE'
    ? { kind: 'invoice', dueDate: '2026-12-31', reference: payment.reference ?? null }
    : { kind: 'card', brand: 'Visa', lastFour: '4242' };
}

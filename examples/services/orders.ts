import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';
import type { OrderRecord, OrderStatus, PaymentRecord, ShipmentRecord } from '../data/orders.ts';
import { createShopData } from '../data/shop-data.ts';
import { type CallContext, type ServiceOptions, serveGraphql } from './graphql-service.ts';
import type { Service } from './listen.ts';
import { type PlaceOrderInput, placeOrder } from './place-order.ts';
import { runAlone } from './run-alone.ts';
import { DateTime } from './scalars.ts';
import { buildSubgraphSchema } from './subgraph-schema.ts';

export const ORDERS_SDL = readFileSync(new URL('./orders.graphql', import.meta.url), 'utf8');

type ById = { id: string };
type OrderFilter = { status?: OrderStatus | null; customerId?: string | null; first: number };
type OrderItem = OrderRecord['items'][number] & { currency: string };

/** What customers buy: a federated GraphQL service that adds to the users of another. */
export function startOrders(options: ServiceOptions = {}): Promise<Service> {
  const { orders, products } = createShopData();
  const select = ({ status, customerId, first }: OrderFilter) =>
    orders
      .filter((order) => status == null || order.status === status)
      .filter((order) => customerId == null || order.customerId === customerId)
      .sort((a, b) => b.placedAt.localeCompare(a.placedAt) || a.number - b.number)
      .slice(0, Math.max(0, first));
  const findOrder = ({ id }: ById) => orders.find((order) => order.id === id) ?? null;

  const schema = buildSubgraphSchema<CallContext>(ORDERS_SDL, {
    DateTime,
    Query: {
      order: (_, args: ById) => findOrder(args),
      orders: (_, filter: OrderFilter) => select(filter),
    },
    Mutation: {
      placeOrder(_, { input }: { input: PlaceOrderInput }, { caller }) {
        if (caller === null) throw unauthenticated('place an order');
        const result = placeOrder(input, { customerId: caller.subject, orderNumber: orders.length + 1, products });
        if (result.__typename === 'OrderPlaced') orders.push(result.order);
        return result;
      },
      cancelOrder(_, { id, reason }: ById & { reason?: string | null }, { caller }) {
        if (caller === null) throw unauthenticated('cancel an order');
        const order = findOrder({ id });
        if (order === null || order.customerId !== caller.subject) return null;
        if (order.status === 'SHIPPED' || order.status === 'DELIVERED') {
          throw new GraphQLError(`Cannot cancel order "${id}": it is ${order.status}, must be PENDING or PAID`, {
            extensions: { code: 'ORDER_NOT_CANCELLABLE', status: order.status },
          });
        }
        order.status = 'CANCELLED';
        order.note = reason ?? order.note;
        return order;
      },
    },
    Order: {
      __resolveReference: findOrder,
      customer: ({ customerId }: OrderRecord) => ({ id: customerId }),
      items: ({ items, currency }: OrderRecord) => items.map((item) => ({ ...item, currency })),
      total: ({ items, currency }: OrderRecord) => ({
        amount: items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
        currency,
      }),
      invoiceUrl({ id, invoiceReady }: OrderRecord) {
        if (invoiceReady) return `https://invoices.shop.example/${id}.pdf`;
        throw new GraphQLError('The invoice is not written yet', { extensions: { code: 'INVOICE_PENDING' } });
      },
    },
    OrderItem: {
      product: ({ productId }: OrderItem) => ({ id: productId }),
      unitPrice: ({ unitPrice, currency }: OrderItem) => ({ amount: unitPrice, currency }),
      lineTotal: ({ unitPrice, quantity, currency }: OrderItem) => ({ amount: unitPrice * quantity, currency }),
    },
    Payment: { __resolveType: ({ kind }: PaymentRecord) => PAYMENT_TYPES[kind] },
    CardPayment: { label: ({ brand, lastFour }: { brand: string; lastFour: string }) => `${brand} …${lastFour}` },
    InvoicePayment: { label: ({ dueDate }: { dueDate: string }) => `Invoice due ${dueDate}` },
    GiftCardPayment: { label: () => 'Gift card' },
    Shipment: {
      trackingCode({ id, trackingCode }: ShipmentRecord) {
        if (trackingCode !== null) return trackingCode;
        throw new GraphQLError(`The carrier has lost shipment "${id}"`, { extensions: { code: 'SHIPMENT_LOST' } });
      },
    },
    User: {
      __resolveReference: ({ id }: ById) => ({ id }),
      orders: (user: ById, filter: OrderFilter) => select({ ...filter, customerId: user.id }),
      orderCount: (user: ById) => orders.filter(({ customerId }) => customerId === user.id).length,
    },
    PlaceOrderResult: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  });
  return serveGraphql(schema, options);
}

const PAYMENT_TYPES = { card: 'CardPayment', invoice: 'InvoicePayment', giftCard: 'GiftCardPayment' } as const;

function unauthenticated(action: string): GraphQLError {
  return new GraphQLError(`Only a user can ${action}`, { extensions: { code: 'UNAUTHENTICATED' } });
}

await runAlone(import.meta, 'orders', 4005, startOrders);

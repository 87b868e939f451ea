import { GraphQLError } from 'graphql';
import type { OrderRecord, OrderStatus, PaymentRecord, ShipmentRecord } from '../../examples/data/orders.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { type PlaceOrderInput, placeOrder } from '../../examples/services/place-order.ts';
import { type MonolithContext, type ShopWorld, take, type UserNode } from './shop-world.ts';

type OrderFilter = { status?: OrderStatus | null; customerId?: string | null; first: number };
type OrderItem = OrderRecord['items'][number] & { currency: string };

export function ordersResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { orders, products } = world.data;
  const select = ({ status, customerId, first }: OrderFilter) => {
    const matching = orders.filter(
      (order) => (status == null || order.status === status) && (customerId == null || order.customerId === customerId),
    );
    return take(
      matching.toSorted((a, b) => b.placedAt.localeCompare(a.placedAt) || a.number - b.number),
      first,
    );
  };

  return {
    Query: {
      order: (_, { id }: { id: string }) => orders.find((order) => order.id === id) ?? null,
      orders: (_, filter: OrderFilter) => select(filter),
    },
    Mutation: {
      placeOrder(_, { input }: { input: PlaceOrderInput }, { identity }) {
        const customerId = identity?.subject ?? '';
        const result = placeOrder(input, { customerId, orderNumber: orders.length + 1, products });
        if (result.__typename === 'OrderPlaced') orders.push(result.order);
        return result.__typename === 'OutOfStock' ? { ...result, product: world.product(result.product.id) } : result;
      },
      cancelOrder(_, { id, reason }: { id: string; reason?: string | null }, { identity }) {
        const order = orders.find((candidate) => candidate.id === id && candidate.customerId === identity?.subject);
        if (order === undefined) return null;
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
      customer: ({ customerId }: OrderRecord) => world.user(customerId),
      items: ({ items, currency }: OrderRecord) => items.map((item) => ({ ...item, currency })),
      total({ items, currency }: OrderRecord) {
        let amount = 0;
        for (const { quantity, unitPrice } of items) amount += quantity * unitPrice;
        return { amount, currency };
      },
      invoiceUrl({ id, invoiceReady }: OrderRecord) {
        if (invoiceReady) return `https://invoices.shop.example/${id}.pdf`;
        throw new GraphQLError('The invoice is not written yet', { extensions: { code: 'INVOICE_PENDING' } });
      },
    },
    OrderItem: {
      product: ({ productId }: OrderItem) => world.product(productId),
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
      orders: ({ id }: UserNode, filter: OrderFilter) => (id === null ? null : select({ ...filter, customerId: id })),
      orderCount: ({ id }: UserNode) => (id === null ? null : select({ customerId: id, first: orders.length }).length),
    },
    PlaceOrderResult: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  };
}

const PAYMENT_TYPES = { card: 'CardPayment', invoice: 'InvoicePayment', giftCard: 'GiftCardPayment' } as const;

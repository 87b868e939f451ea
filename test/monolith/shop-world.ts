import type { CategoryRecord, ProductRecord } from '../../examples/data/products.ts';
import type { ReviewRecord } from '../../examples/data/reviews.ts';
import type { ShopData } from '../../examples/data/shop-data.ts';
import type { UserRecord } from '../../examples/data/users.ts';
import type { Identity } from '../../src/edge/request-context.ts';

/**
 * An entity as a federated graph knows it: by its key, whether or not the service that owns it has a record. A
 * reference to what is deleted therefore still has a key, and what other services know of it; the rest is null.
 */
export interface UserNode {
  readonly __typename: 'User';
  /** `null`: known by its e-mail address only, and that belongs to nobody. */
  readonly id: string | null;
  readonly email: string | null;
  readonly record: UserRecord | null;
}

export interface ProductNode {
  readonly __typename: 'Product';
  readonly id: string;
  readonly record: ProductRecord | null;
}

export interface ReviewNode {
  readonly __typename: 'Review';
  readonly id: string;
  readonly record: ReviewRecord | null;
}

/** The shop's records, and how a reference becomes a node. */
export interface ShopWorld {
  readonly data: ShopData;
  user(id: string): UserNode;
  userByEmail(email: string): UserNode;
  product(id: string): ProductNode;
  review(id: string): ReviewNode;
  category(id: string): CategoryRecord | null;
}

export interface MonolithContext {
  readonly identity: Identity | null;
}

export function createShopWorld(data: ShopData): ShopWorld {
  const toUser = (record: UserRecord | undefined, id: string | null, email: string | null): UserNode => ({
    __typename: 'User',
    id: record?.id ?? id,
    email: record?.email ?? email,
    record: record ?? null,
  });
  return {
    data,
    user: (id) => toUser(find(data.users, id), id, null),
    userByEmail: (email) =>
      toUser(
        data.users.find((user) => user.email === email),
        null,
        email,
      ),
    product: (id) => ({ __typename: 'Product', id, record: find(data.products, id) ?? null }),
    review: (id) => ({ __typename: 'Review', id, record: find(data.reviews, id) ?? null }),
    category: (id) => find(data.categories, id) ?? null,
  };
}

function find<Item extends { id: string }>(items: readonly Item[], id: string): Item | undefined {
  return items.find((item) => item.id === id);
}

/** Resolvers for fields that the record of a node holds under the same name; `null` without a record. */
export function fromRecord<const Name extends string>(
  names: readonly Name[],
): Record<Name, (node: { record: object | null }) => unknown> {
  const resolvers = names.map((name) => [
    name,
    ({ record }: { record: object | null }) => (record as Record<string, unknown> | null)?.[name] ?? null,
  ]);
  return Object.fromEntries(resolvers);
}

/** The first items; none for a negative count. */
export function take<Item>(items: readonly Item[], count: number): Item[] {
  return items.slice(0, Math.max(0, count));
}

import { GraphQLError } from 'graphql';
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

type Node = { record: object | null };

/**
 * Resolvers for fields that the record of a node holds under the same name.
 * @param absent - gives the value, or the error, of a field without a record.
 */
export function fromRecord<const Name extends string>(
  names: readonly Name[],
  absent: () => null = () => null,
): Record<Name, (node: Node) => unknown> {
  const resolvers = names.map((name) => [
    name,
    ({ record }: Node) => (record === null ? absent() : (record as Record<string, unknown>)[name]),
  ]);
  return Object.fromEntries(resolvers);
}

/** What a REST call becomes that is answered 404 or 400: an error, and no value. */
export function failRestCall(): never {
  throw new GraphQLError('An upstream reported an error', { extensions: { code: 'UPSTREAM_ERROR' } });
}

/** The first items; none for a negative count. */
export function take<Item>(items: readonly Item[], count: number): Item[] {
  return items.slice(0, Math.max(0, count));
}

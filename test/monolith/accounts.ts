import { GraphQLError } from 'graphql';
import type { ProfileRecord, UserRecord } from '../../examples/data/users.ts';
import type { Resolvers } from '../../examples/services/executable-schema.ts';
import { fromRecord, type MonolithContext, type ShopWorld, take, type UserNode } from './shop-world.ts';

export function accountsResolvers(world: ShopWorld): Resolvers<MonolithContext> {
  const { users } = world.data;
  const existing = (id: string | null | undefined) => {
    const user = id == null ? null : world.user(id);
    return user?.record == null ? null : user;
  };
  const toNode = ({ id }: UserRecord) => world.user(id);

  return {
    Query: {
      me: (_, __, { identity }) => existing(identity?.subject),
      user: (_, { id }: { id: string }) => existing(id),
      userByEmail(_, { email }: { email: string }) {
        const user = world.userByEmail(email);
        return user.record === null ? null : user;
      },
      users(_, { role, first, after }: { role?: string | null; first: number; after?: string | null }) {
        const matching = role == null ? users : users.filter((user) => user.role === role);
        const start = matching.findIndex(({ id }) => id === after) + 1;
        const nodes = take(matching.slice(start), first).map(toNode);
        return {
          nodes,
          edges: nodes.map((node) => ({ node, cursor: node.id })),
          totalCount: matching.length,
          pageInfo: { hasNextPage: start + nodes.length < matching.length, endCursor: nodes.at(-1)?.id ?? null },
        };
      },
    },
    Mutation: {
      updateProfile(_, { input }: { input: Partial<UserRecord> }, { identity }) {
        const user = existing(identity?.subject);
        if (user?.record == null) {
          throw new GraphQLError('Only a user can change its profile', { extensions: { code: 'UNAUTHENTICATED' } });
        }
        const { address, ...names } = input;
        Object.assign(user.record, names);
        if (address !== undefined) user.record.address = address && { ...NO_ADDRESS, ...address };
        return user;
      },
    },
    User: {
      ...fromRecord([
        'username',
        'firstName',
        'lastName',
        'role',
        'createdAt',
        'phone',
        'address',
        'profile',
        'loyaltyPoints',
        'storageBytes',
      ]),
      creditScore({ record }: UserNode) {
        if (record?.creditScore !== 'unavailable') return record?.creditScore ?? null;
        throw new GraphQLError('The credit bureau does not answer', { extensions: { code: 'CREDIT_UNAVAILABLE' } });
      },
      manager: ({ record }: UserNode) => existing(record?.managerId),
      referredBy: ({ record }: UserNode) => existing(record?.referredById),
      referrals: ({ record }: UserNode, { first }: { first: number }) =>
        record &&
        take(
          users.filter(({ referredById }) => referredById === record.id),
          first,
        ).map(toNode),
    },
    Profile: { __resolveType: ({ kind }: ProfileRecord) => (kind === 'person' ? 'PersonProfile' : 'BusinessProfile') },
  };
}

const NO_ADDRESS = { street: '', city: '', country: '', postcode: null, location: null };

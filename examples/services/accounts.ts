import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';
import { createShopData } from '../data/shop-data.ts';
import type { ProfileRecord, UserRecord } from '../data/users.ts';
import { type CallContext, type ServiceOptions, serveGraphql } from './graphql-service.ts';
import type { Service } from './listen.ts';
import { runAlone } from './run-alone.ts';
import { DateTime, Long } from './scalars.ts';
import { buildSubgraphSchema } from './subgraph-schema.ts';

export const ACCOUNTS_SDL = readFileSync(new URL('./accounts.graphql', import.meta.url), 'utf8');

/** The users of the shop: a federated GraphQL service. */
export function startAccounts(options: ServiceOptions = {}): Promise<Service> {
  const { users } = createShopData();
  const byId = new Map(users.map((user) => [user.id, user]));
  const byEmail = new Map(users.map((user) => [user.email, user]));
  const find = (id: string | null) => (id === null ? null : (byId.get(id) ?? null));

  const schema = buildSubgraphSchema<CallContext>(ACCOUNTS_SDL, {
    DateTime,
    Long,
    Query: {
      me: (_, __, { caller }) => find(caller?.subject ?? null),
      user: (_, { id }: { id: string }) => find(id),
      userByEmail: (_, { email }: { email: string }) => byEmail.get(email) ?? null,
      users(_, { role, first, after }: { role?: string; first: number; after?: string }) {
        const matching = users.filter((user) => role == null || user.role === role);
        const start = after == null ? 0 : matching.findIndex((user) => user.id === after) + 1;
        const nodes = matching.slice(start, start + Math.max(0, first));
        return {
          nodes,
          edges: nodes.map((node) => ({ cursor: node.id, node })),
          totalCount: matching.length,
          pageInfo: { hasNextPage: start + nodes.length < matching.length, endCursor: nodes.at(-1)?.id ?? null },
        };
      },
    },
    Mutation: {
      updateProfile(_, { input }: { input: UpdateProfileInput }, { caller }) {
        const user = find(caller?.subject ?? null);
        if (user === null) {
          throw new GraphQLError('Only a user can change its profile', { extensions: { code: 'UNAUTHENTICATED' } });
        }
        if (input.firstName !== undefined) user.firstName = input.firstName;
        if (input.lastName !== undefined) user.lastName = input.lastName;
        if (input.address !== undefined) {
          user.address = input.address && {
            location: null,
            ...input.address,
            postcode: input.address.postcode ?? null,
          };
        }
        return user;
      },
    },
    User: {
      __resolveReference: ({ id, email }: { id?: string; email?: string }) =>
        id === undefined ? (byEmail.get(email ?? '') ?? null) : find(id),
      creditScore({ creditScore }: UserRecord) {
        if (creditScore !== 'unavailable') return creditScore;
        throw new GraphQLError('The credit bureau does not answer', { extensions: { code: 'CREDIT_UNAVAILABLE' } });
      },
      manager: (user: UserRecord) => find(user.managerId),
      referredBy: (user: UserRecord) => find(user.referredById),
      referrals: (user: UserRecord, { first }: { first: number }) =>
        users.filter(({ referredById }) => referredById === user.id).slice(0, Math.max(0, first)),
    },
    Profile: {
      __resolveType: ({ kind }: ProfileRecord) => (kind === 'person' ? 'PersonProfile' : 'BusinessProfile'),
    },
  });
  return serveGraphql(schema, options);
}

interface UpdateProfileInput {
  firstName?: string | null;
  lastName?: string | null;
  address?: { street: string; city: string; postcode?: string | null; country: string } | null;
}

await runAlone(import.meta, 'accounts', 4001, startAccounts);

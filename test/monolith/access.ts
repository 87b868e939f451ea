import { GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { MonolithContext } from './shop-world.ts';

/** What the shop asks of a caller: one of the lists of scopes, all of it; an empty one: only an identity. */
const PROTECTED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'Query.me': [[]],
  'Query.order': [['orders:read']],
  'Query.orders': [['orders:read']],
  'User.phone': [['users:read'], ['admin']],
  'User.orders': [['orders:read']],
  'Storefront.openOrders': [['orders:read']],
  'Mutation.updateProfile': [[]],
  'Mutation.createProduct': [['catalog:write']],
  'Mutation.renameProduct': [['catalog:write']],
  'Mutation.placeOrder': [['orders:write']],
  'Mutation.cancelOrder': [['orders:write']],
};

/** Lets only those resolve a protected field who may: for others it is an error. */
export function protectFields(schema: GraphQLSchema): void {
  for (const [coordinate, alternatives] of Object.entries(PROTECTED)) {
    const [typeName, fieldName] = coordinate.split('.') as [string, string];
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const resolve = field?.resolve;
    if (field === undefined || resolve === undefined) throw new Error(`There is no resolver for ${coordinate}`);
    field.resolve = (source, args, context: MonolithContext, info) => {
      check(context, alternatives);
      return resolve(source, args, context, info);
    };
  }
}

function check({ identity }: MonolithContext, alternatives: readonly (readonly string[])[]): void {
  if (identity === null) {
    throw new GraphQLError('The request carries no valid credential', { extensions: { code: 'UNAUTHENTICATED' } });
  }
  if (!alternatives.some((scopes) => scopes.every((scope) => identity.scopes.includes(scope)))) {
    throw new GraphQLError('The identity lacks what the resource requires', { extensions: { code: 'FORBIDDEN' } });
  }
}

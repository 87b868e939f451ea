import type { Identify } from './identity/requirement.ts';

/** What of the gateway a request is for: the edge judges by it, the same for GraphQL and for routes. */
export interface Destination {
  readonly kind: 'graphql' | 'rest';
  /** Name of the route; for GraphQL its path. */
  readonly route: string;
  /** As it is sent on, normalised: policies judge this. Default: the path of the head. */
  readonly path?: string;
  /** A requirement of the route's own, from `edge.require`. Default: what `auth:` says. */
  readonly identify?: Identify | undefined;
}

/** What is known of a GraphQL operation once it is read. */
export interface OperationFacts {
  readonly operationName?: string | undefined;
  /** Estimated. */
  readonly operationCost?: number | undefined;
  /** Length of all lists that the operation gives to the argument of this coordinate, such as `Query.users(ids:)`. */
  readonly listSizeOf?: ((argument: string) => number) | undefined;
}

/** What programs that embed Weir, its plugins and its local resolvers may import. */
export type { Config } from './config/config.ts';
export { type ConfigError, formatConfigErrors } from './config/config-error.ts';
export { type ReadConfigOptions, type ReadConfigResult, readConfig } from './config/read-config.ts';
export type { Identity, RequestContext } from './edge/request-context.ts';
export { ERRORS, type ErrorCode, WeirError } from './errors.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export type { Plugin, ServerContext } from './graphql/context.ts';
export { ExactNumber } from './mapping/exact-number.ts';
export type {
  RouteTransform,
  TransformContext,
  TransformedAnswer,
  TransformedRequest,
} from './proxy/transform/route-transform.ts';
export { composeOffline } from './server/compose-offline.ts';
export type { Readiness } from './server/readiness.ts';
export type { GraphqlAnswer, GraphqlClient, LocalContext } from './subgraphs/local/local-context.ts';

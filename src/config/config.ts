import type { GatewayDefinition } from './schema/gateway.ts';
import type { RouteDefinition } from './schema/routes.ts';
import type {
  GraphqlUpstreamDefinition,
  HttpUpstreamDefinition,
  LocalUpstreamDefinition,
  RestUpstreamDefinition,
} from './schema/upstream.ts';

/** What the files say, read, checked and completed; every path in it is absolute. Frozen. */
export interface Config extends Omit<GatewayDefinition, 'upstreams' | '$schema'> {
  /** Folder of gateway.yaml. */
  readonly directory: string;
  readonly upstreams: readonly UpstreamConfig[];
}

interface Named {
  readonly name: string;
  /** The file that defines the upstream, for messages. */
  readonly file: string;
}
interface Reached {
  /** At least one; `url` and `endpoints` of the file in one form. */
  readonly endpoints: readonly {
    readonly url: string;
    readonly weight: number;
    readonly version?: string | undefined;
    readonly zone?: string | undefined;
  }[];
}

export type GraphqlUpstreamConfig = Omit<GraphqlUpstreamDefinition, 'url' | 'endpoints' | 'name' | '$schema'> &
  Named &
  Reached;
export type RestUpstreamConfig = Omit<RestUpstreamDefinition, 'url' | 'endpoints' | 'name' | '$schema'> &
  Named &
  Reached;
export type HttpUpstreamConfig = Omit<HttpUpstreamDefinition, 'url' | 'endpoints' | 'name' | '$schema'> &
  Named &
  Reached;
export type LocalUpstreamConfig = Omit<LocalUpstreamDefinition, 'name' | '$schema'> & Named;
/** An upstream that is part of the graph. */
export type GraphUpstreamConfig = GraphqlUpstreamConfig | RestUpstreamConfig | LocalUpstreamConfig;
export type UpstreamConfig = GraphUpstreamConfig | HttpUpstreamConfig;
export type RouteConfig = RouteDefinition;

import { type TransportDefinition, transportSchema } from '../config/schema/transport.ts';
import type { HeaderRules } from './headers/compile-header-rules.ts';

/** The part of an upstream's config that says how it is reached; what is left out has the default of the files. */
export interface UpstreamTransportConfig extends Partial<TransportDefinition> {
  readonly name: string;
  readonly endpoints: readonly EndpointConfig[];
  /** The upstream file; relative paths of certificates start at its folder. */
  readonly file?: string;
  /** Milliseconds for a whole exchange. Default: 30,000. */
  readonly timeoutMs?: number;
  readonly headers?: Partial<HeaderRules>;
  readonly traffic?: { readonly maxBodyBytes?: number | undefined };
}

export interface EndpointConfig {
  readonly url: string;
  /** Default: 1. */
  readonly weight?: number;
  readonly version?: string | undefined;
  readonly zone?: string | undefined;
}

const DEFAULTS = transportSchema.parse({});

/** All figures of the transport, with the defaults of the files where the config has none. */
export function completeTransport(config: UpstreamTransportConfig): TransportDefinition {
  return { ...DEFAULTS, ...config };
}

import { WeirError } from '../errors.ts';
import type { SubgraphError } from '../subgraphs/subgraph.ts';

/** What a client may read of a subgraph's error; its path is found by the engine. */
export interface FormattedSubgraphError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Decides what clients see of an upstream's errors. `upstream` is the upstream's name. */
export type FormatSubgraphError = (error: SubgraphError, upstream: string) => FormattedSubgraphError;

/**
 * Passes what an upstream said as it said it, with `extensions.code` `UPSTREAM_ERROR` where it gave none; of Weir's own
 * errors only what clients may read.
 */
export const passSubgraphError: FormatSubgraphError = ({ message, extensions, cause }) =>
  cause instanceof WeirError
    ? { message: cause.clientMessage, extensions: { ...cause.details, code: cause.code } }
    : { message, extensions: { code: 'UPSTREAM_ERROR', ...extensions } };

import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { Operation } from './operation.ts';

/** Runs operations on one supergraph. Two implementations, one meaning: `compiled` and `stitch`. */
export interface Engine {
  readonly name: 'compiled' | 'stitch';
  /** Why this engine cannot run the operation; `undefined` where it can. */
  declines(operation: Operation): string | undefined;
  /**
   * Does what can be done once for all requests, such as planning. To be waited for before `declines` is asked; `undefined`:
   * nothing is left to do. Never rejects.
   */
  prepare?(operation: Operation): Promise<void> | undefined;
  /** Never rejects for what an operation, a client or an upstream does: such failures are errors in the answer. */
  execute(request: EngineRequest): Promise<EngineResponse>;
}

export interface EngineRequest {
  readonly operation: Operation;
  /** Coerced by the schema's rules; only those that the normalised operation declares. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** An answer that is already text, or still data; `errors` are in the client's form and have the client's paths. */
export type EngineResponse = {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
} & ({ readonly data: Record<string, unknown> | null } | { /** JSON of `data`. */ readonly dataText: string });

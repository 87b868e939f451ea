import { ERRORS, WeirError } from '../../errors.ts';
import { responseKeyOf } from '../../planner/data-keys.ts';
import type { SubgraphError } from '../../subgraphs/subgraph.ts';

export type Path = readonly (string | number)[];

/**
 * Stands in data where an upstream error left nothing. The writer turns it into null and an error at the place's own path, as if a
 * resolver had thrown there.
 */
export class Failure {
  readonly error: SubgraphError;
  /** From the place to the field that the upstream's error names. */
  readonly suffix: Path;
  /** The error names another field, which took this one with it: reported only where nothing else explains the null. */
  readonly isCollateral: boolean;

  constructor(error: SubgraphError, suffix: Path, isCollateral: boolean) {
    this.error = error;
    this.suffix = suffix;
    this.isCollateral = isCollateral;
  }
}

export interface ClientError {
  readonly message: string;
  readonly path?: Path;
  readonly extensions?: { readonly [name: string]: unknown };
}

/** The client's form of an upstream error at a client's path; code from the upstream, otherwise `UPSTREAM_ERROR`. */
export function toClientError(error: SubgraphError, path: Path | undefined): ClientError {
  const own = error.cause instanceof WeirError ? error.cause : undefined;
  const code = own?.code ?? error.extensions?.code ?? 'UPSTREAM_ERROR';
  return {
    message: own?.clientMessage ?? error.message,
    ...(path !== undefined && { path }),
    extensions: { ...error.extensions, ...own?.details, code },
  };
}

/** An error of the engine's own making about an upstream's answer. */
export function unusableAnswer(message: string): SubgraphError {
  return {
    message: ERRORS.UPSTREAM_BAD_RESPONSE.message,
    cause: new WeirError('UPSTREAM_BAD_RESPONSE', message),
  };
}

/** A path below a root field's data with the response keys of its data keys. */
export function toResponsePath(path: Path): Path {
  return path.map((segment) => (typeof segment === 'string' ? responseKeyOf(segment) : segment));
}

/** A path from the root of the data; root fields stand under their response keys. */
export function toClientPath([root, ...below]: Path): Path {
  return root === undefined ? [] : [root, ...toResponsePath(below)];
}

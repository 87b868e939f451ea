import { ERRORS } from '../../errors.ts';
import type { SubgraphError, SubgraphResult } from '../../subgraphs/subgraph.ts';
import { isJsonObject } from '../own.ts';
import type { Path } from './failure.ts';

const NONE: readonly SubgraphError[] = [];

/** The errors of an answer, whatever an upstream puts there: what is no error is left out, what has no message gets one. */
export function errorsOf(result: SubgraphResult): readonly SubgraphError[] {
  const errors: unknown = result.errors;
  if (!Array.isArray(errors) || errors.length === 0) return NONE;
  return errors.filter(isJsonObject).map((error) => {
    const given = error as unknown as SubgraphError;
    const isWhole =
      typeof given.message === 'string' && (given.extensions === undefined || isJsonObject(given.extensions));
    if (isWhole) return given;
    const { extensions, ...rest } = given;
    return {
      ...rest,
      message: typeof given.message === 'string' ? given.message : ERRORS.UPSTREAM_ERROR.message,
      ...(isJsonObject(extensions) && { extensions }),
    };
  });
}

/** A path as an upstream may give it: anything else counts as absent. */
export function pathOf(error: SubgraphError): Path {
  const { path } = error;
  if (!Array.isArray(path)) return [];
  return path.every((segment) => typeof segment === 'string' || typeof segment === 'number') ? path : [];
}

import { GraphQLError } from 'graphql';
import type { OperationLimitsDefinition } from '../../config/schema/operation-limits.ts';
import type { Plugin } from '../context.ts';
import { compileLimit, type OnLimitEvent, refuse } from './operation-limit.ts';

/**
 * Limits of the HTTP request: operations of a batch, and the body by its declared length. A body that declares none is
 * counted by Yoga while it is read, where the limit is enforced.
 */
export function useRequestLimits({ batchSize, bodySize }: OperationLimitsDefinition, onEvent: OnLimitEvent): Plugin {
  const judgeBatch = compileLimit('batch_size', batchSize, onEvent);
  const judgeBody = compileLimit('body_size', { mode: bodySize.mode, max: bodySize.maxBytes }, onEvent);
  return {
    onRequestParse({ request }) {
      const length = Number(request.headers.get('content-length') ?? 0);
      const refusal = judgeBody(length);
      if (refusal !== undefined) throw refusal;
      return {
        onRequestParseDone({ requestParserResult }) {
          const size = Array.isArray(requestParserResult) ? requestParserResult.length : 1;
          const tooMany = judgeBatch(size);
          if (tooMany !== undefined) throw tooMany;
        },
      };
    },
  };
}

/** Gives Yoga's own refusal of a body, which it counts while it is read, the code of the limit. */
export function nameBodyRefusals(
  maskError: (error: unknown) => Error,
  { bodySize: { maxBytes: max } }: OperationLimitsDefinition,
  onEvent: OnLimitEvent,
): (error: unknown) => Error {
  return (error) => {
    if (!(error instanceof GraphQLError) || error.extensions.code !== 'REQUEST_ENTITY_TOO_LARGE')
      return maskError(error);
    onEvent({ limit: 'body_size', mode: 'enforce', value: max + 1, max });
    return refuse('body_size', undefined, max);
  };
}

/** What Yoga itself must be told, so that it refuses no more than the limits do. */
export function yogaLimits({ bodySize }: OperationLimitsDefinition): {
  readonly batching: { readonly limit: number };
  readonly maxRequestBodySize: number | false;
} {
  return {
    batching: { limit: Number.MAX_SAFE_INTEGER },
    maxRequestBodySize: bodySize.mode === 'enforce' ? bodySize.maxBytes : false,
  };
}

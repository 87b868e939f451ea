import type { OperationLimitsDefinition } from '../../config/schema/operation-limits.ts';
import type { Plugin } from '../context.ts';
import { compileLimit, type OnLimitEvent } from './operation-limit.ts';

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

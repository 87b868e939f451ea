import type { Compressor } from '../../content-coding/compressor.ts';
import { addStrongTags } from '../../content-coding/entity-tags.ts';
import { type FieldLines, findField, setField } from '../field-lines.ts';
import type { Layer } from '../route-exchange.ts';
import { compressAnswer } from './compress-answer.ts';

/**
 * Gives answers the content coding that their clients like best. The outermost layer: what the others see has none that is the gateway's,
 * and no rule of theirs changes what the client accepts.
 */
export function compressionLayer(compressor: Compressor): Layer {
  return {
    wrap: (next) => async (exchange) => {
      const { head, headers } = exchange.scope;
      addTags(exchange.headers, 'if-none-match');
      // A weak tag never matches there (RFC 9110 §13.1.1), but who sees only what this layer has weakened has no other.
      addTags(exchange.headers, 'if-match');
      const answer = await next(exchange);
      await compressAnswer(answer, {
        compressor,
        isHead: head.method === 'HEAD',
        accepted: compressor.accept(headers),
        ifNoneMatch: headers['if-none-match'],
      });
      return answer;
    },
  };
}

function addTags(headers: FieldLines, name: string): void {
  const list = findField(headers, name);
  if (list === undefined) return;
  const added = addStrongTags(list);
  if (added !== list) setField(headers, name, added);
}

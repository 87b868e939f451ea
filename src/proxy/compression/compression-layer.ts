import type { Compressor } from '../../content-coding/compressor.ts';
import { restoreTags } from '../../content-coding/entity-tags.ts';
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
      restoreField(exchange.headers, 'if-none-match');
      restoreField(exchange.headers, 'if-match');
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

function restoreField(headers: FieldLines, name: string): void {
  const list = findField(headers, name);
  if (list === undefined) return;
  const restored = restoreTags(list);
  if (restored !== list) setField(headers, name, restored);
}

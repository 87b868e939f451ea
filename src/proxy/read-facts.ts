import type { VariableReference } from '../mapping/references.ts';
import { type FieldLines, removeField } from './field-lines.ts';

/** Says in an answer what of the request it was made of, so that no cache gives it to a request that differs in that. */
export type TellFacts = (headers: FieldLines) => void;

/**
 * Headers that texts read are told by `Vary` (RFC 9110 §12.5.5). Who asks has no header of its own: what depends on it is private
 * (RFC 9111 §5.2.2.7).
 * @returns `undefined` where nothing is to be told.
 */
export function compileReadFacts(references: readonly VariableReference[]): TellFacts | undefined {
  const names = new Set<string>();
  let readsClient = false;
  for (const { name, path } of references) {
    if (name === '$request') {
      const [key, header] = path;
      if (key === undefined || (key === 'headers' && header === undefined)) names.add('*');
      else if (key === 'headers') names.add((header as string).toLowerCase());
    }
    if (name === '$context' && path[0] !== 'requestId') readsClient = true;
  }
  if (names.size === 0 && !readsClient) return undefined;
  const vary = names.has('*') ? '*' : [...names].join(', ');
  return (headers) => {
    if (vary !== '') headers.push('vary', vary);
    if (readsClient) makePrivate(headers);
  };
}

function makePrivate(headers: FieldLines): void {
  let directives = '';
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === 'cache-control') directives += `${directives === '' ? '' : ', '}${headers[at + 1]}`;
  }
  if (/(?:^|[\s,])(?:private|no-store)\s*(?:,|$)/i.test(directives)) return;
  const kept = directives
    .split(',')
    .map((directive) => directive.trim())
    // Leave of shared caches alone, which have none any more.
    .filter((directive) => directive !== '' && !/^(?:public|s-maxage\b|proxy-revalidate)/i.test(directive));
  removeField(headers, 'cache-control');
  headers.push('cache-control', ['private', ...kept].join(', '));
}

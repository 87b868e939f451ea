import { relative } from 'node:path';
import type { CompositionError, CompositionPlace } from '../supergraph/composition-error.ts';

/** Composition errors as lines for a terminal: each place, the message, and under it the way out. */
export function formatCompositionErrors(errors: readonly CompositionError[]): string {
  return errors
    .map(({ code, message, places, hint }) => {
      const where = places.length === 0 ? '' : `${places.map(formatPlace).join(', ')}  `;
      return `${where}${message} (${code})\n    ${hint}\n`;
    })
    .join('');
}

function formatPlace({ upstream, file, line, column }: CompositionPlace): string {
  const name = file === undefined ? `upstream "${upstream}"` : relative(process.cwd(), file);
  return line === undefined ? name : `${name}:${line}:${column}`;
}

import type { ConfigError } from './config-error.ts';
import { placeAt } from './place.ts';
import type { Source } from './source.ts';

/**
 * A config without upstreams needs a supergraph.
 * @param main The main file, if there is one.
 */
export function checkHasGraph(source: Source, main: string | undefined): ConfigError[] {
  if (placeAt(source.top, ['supergraph', 'source']) !== undefined) return [];
  if (main === undefined) {
    const message = 'A supergraph must be named where there is no config file, and is not';
    return [
      { file: '--supergraph', line: 0, column: 0, message, hint: 'Add gateway.yaml, or `--supergraph FILE|URL`' },
    ];
  }
  const { line, column } = placeAt(source.top, ['upstreams']) ?? source.top;
  const message = 'The config must have an upstream or a supergraph, and has none';
  const hint = 'Add upstreams/NAME.yaml with `kind:` and `url:`, or name a supergraph in `supergraph.source`';
  return [{ file: main, line, column, message, hint }];
}

import { defaultUpstreamName } from './check-upstream-names.ts';
import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { placeAt } from './place.ts';
import type { Source } from './source.ts';
import { suggestName } from './suggest-name.ts';

/** Copies must go to another upstream that is reached over HTTP. */
export function checkMirrors(sources: readonly Source[]): ConfigError[] {
  return sources.flatMap((source) => {
    const mirror = readKey(source, 'mirror');
    const to = isMapping(mirror) ? mirror.to : undefined;
    const place = placeAt(source.top, ['mirror', 'to']);
    if (typeof to !== 'string' || place === undefined || place.isUnknown) return [];
    const targets = sources.filter((one) => one !== source && readKey(one, 'kind') !== 'local');
    if (targets.some((target) => nameOf(target) === to)) return [];
    const given = targets.flatMap((target) => {
      const name = nameOf(target);
      return typeof name === 'string' ? [{ name, place: placeAt(target.top, ['name']) }] : [];
    });
    const message = `mirror.to must name another upstream that is reached over HTTP, got ${place.written}`;
    const hint = suggestName(to, place, given, 'Remove it: there is no other');
    return [{ file: place.file, line: place.line, column: place.column, message, hint }];
  });
}

function nameOf(source: Source): unknown {
  return readKey(source, 'name') ?? defaultUpstreamName(source.file);
}

function readKey({ data }: Source, key: string): unknown {
  return isMapping(data) && Object.hasOwn(data, key) ? data[key] : undefined;
}

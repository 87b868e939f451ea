import { findNearest } from '../nearest.ts';
import { defaultUpstreamName } from './check-upstream-names.ts';
import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { placeAt } from './place.ts';
import type { Source } from './source.ts';

/** Copies must go to another upstream that is reached over HTTP. */
export function checkMirrors(sources: readonly Source[]): ConfigError[] {
  return sources.flatMap((source) => {
    const mirror = readKey(source, 'mirror');
    const to = isMapping(mirror) ? mirror.to : undefined;
    const place = placeAt(source.top, ['mirror', 'to']);
    if (typeof to !== 'string' || place === undefined || place.isUnknown) return [];
    const targets = sources.filter((one) => one !== source && readKey(one, 'kind') !== 'local');
    if (targets.some((target) => nameOf(target) === to)) return [];
    const known = targets.filter(hasShownName).map((target) => String(nameOf(target)));
    const nearest = place.isSecret ? undefined : findNearest(to, known);
    const choice = known.length === 0 ? 'Remove it: there is no other' : `Use one of: ${known.join(', ')}`;
    const message = `mirror.to must name another upstream that is reached over HTTP, got ${place.written}`;
    const hint = nearest === undefined ? choice : `Did you mean "${nearest}"?`;
    return [{ file: place.file, line: place.line, column: place.column, message, hint }];
  });
}

function nameOf(source: Source): unknown {
  return readKey(source, 'name') ?? defaultUpstreamName(source.file);
}

/** Whether the name may be in a message: it is one, and does not come from the environment. */
function hasShownName(source: Source): boolean {
  return typeof nameOf(source) === 'string' && !placeAt(source.top, ['name'])?.isSecret;
}

function readKey({ data }: Source, key: string): unknown {
  return isMapping(data) && Object.hasOwn(data, key) ? data[key] : undefined;
}

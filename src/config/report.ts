import type * as z from 'zod';
import type { ConfigError, Position } from './config-error.ts';
import { describeWanted, narrow } from './narrow.ts';
import { nearestPlace, type Place, placeAt } from './place.ts';
import { WayOut } from './way-out.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * The schema's issues as errors at the place of the key or value that is wrong. No message holds a value that came from
 * the environment: current values are shown as they are written, and a schema's own details, which may quote what they
 * are about, are left out where anything around them is interpolated.
 */
export function reportIssues(
  schema: z.core.$ZodType,
  data: unknown,
  top: Place,
  issues: readonly Issue[],
): ConfigError[] {
  const wayOut = new WayOut(schema, data);
  return issues.flatMap(narrow).flatMap(report);

  function report(issue: Issue): ConfigError[] {
    const place = placeAt(top, issue.path);
    if (place?.isUnknown) return [];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => reportUnknownKey(issue.path, key));
    if (issue.code === 'invalid_key') return [reportKey(issue)];
    const isSentence = issue.code === 'custom' && !issue.message.startsWith('Expected ');
    if (isSentence) return [reportRule(issue)];
    return [place === undefined ? reportMissing(issue) : reportValue(issue, place)];
  }

  function reportUnknownKey(path: Path, key: string): ConfigError {
    const place = placeAt(top, [...path, key]) ?? nearestPlace(top, path);
    const message = `Unknown key "${key}"${inside(path)}`;
    return error(place, place.key ?? place, message, wayOut.ofUnknownKey(path, key));
  }

  function reportKey(issue: z.core.$ZodIssueInvalidKey): ConfigError {
    const place = nearestPlace(top, issue.path);
    const parent = issue.path.slice(0, -1);
    const [inner] = issue.issues;
    const wanted = inner === undefined ? 'must have another form' : describeWanted(inner);
    const message = `Key of ${showPath(parent)} ${wanted}, got "${String(issue.path.at(-1))}"`;
    return error(place, place.key ?? place, message, `Rename the key. ${wayOut.describe(parent)}`.trim());
  }

  function reportRule(issue: z.core.$ZodIssueCustom): ConfigError {
    const place = nearestPlace(top, issue.path);
    return error(place, place.key ?? place, issue.message, hintOf(issue) ?? wayOut.describe(issue.path));
  }

  function reportMissing(issue: Issue): ConfigError {
    const place = nearestPlace(top, issue.path);
    const message = `Missing key "${String(issue.path.at(-1))}"${inside(issue.path.slice(0, -1))}`;
    return error(place, place.key ?? place, message, wayOut.ofMissingKey(issue));
  }

  function reportValue(issue: Issue, place: Place): ConfigError {
    const detail = issue.code === 'custom' ? issue.params?.detail : undefined;
    const around = placeAt(top, issue.path.slice(0, -1)) ?? place;
    const why = typeof detail === 'string' && !isTainted(around) ? ` (${detail})` : '';
    const message = `${showPath(issue.path)} ${describeWanted(issue)}, got ${place.written}${why}`;
    return error(place, place, message, hintOf(issue) ?? wayOut.ofValue(issue, place));
  }
}

function hintOf(issue: Issue): string | undefined {
  const hint = issue.code === 'custom' ? issue.params?.hint : undefined;
  return typeof hint === 'string' ? hint : undefined;
}

function error({ file }: Place, { line, column }: Position, message: string, hint: string): ConfigError {
  return { file, line, column, message, hint };
}

/** Whether the value or one inside it came from the environment. */
function isTainted(place: Place): boolean {
  return place.isSecret || [...place.children.values()].some(isTainted);
}

function inside(path: Path): string {
  return path.length === 0 ? '' : ` in ${showPath(path)}`;
}

/** `endpoints[0].url`; the top is "The file". */
function showPath(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return path.length === 0 ? 'The file' : text.replace(/^\./, '');
}

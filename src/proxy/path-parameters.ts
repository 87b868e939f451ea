import { type RouteSegment, shapeOf } from '../config/route-path.ts';
import { WeirError } from '../errors.ts';

/** Gives the parameters of a path that matches, percent-decoded. @throws {WeirError} `MALFORMED_PATH` where that is no UTF-8. */
export type ReadParameters = (path: string) => Readonly<Record<string, string>>;

/** Builds the path that a template stands for, from one that matches the pattern; nothing in it is decoded or encoded. */
export type RewritePath = (path: string) => string;

const NONE: Readonly<Record<string, string>> = Object.freeze({});

export function compileParameters(segments: readonly RouteSegment[]): ReadParameters {
  if (segments.every(({ kind }) => kind === 'literal')) return () => NONE;
  return (path) => {
    const parameters: Record<string, string> = Object.create(null);
    const raw = readRaw(segments, path);
    for (const name of Object.keys(raw)) parameters[name] = decode(raw[name] as string);
    return parameters;
  };
}

/** @throws {TypeError} where the template has a parameter that the pattern has not. */
export function compileRewrite(pattern: readonly RouteSegment[], template: readonly RouteSegment[]): RewritePath {
  const known = new Set(pattern.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name])));
  for (const segment of template) {
    if (segment.kind === 'literal' || known.has(segment.name)) continue;
    throw new TypeError(`Cannot rewrite to ${shapeOf(template)}: the path has no parameter "${segment.name}"`);
  }
  return (path) => {
    const raw = readRaw(pattern, path);
    let built = '';
    for (const segment of template) {
      if (segment.kind === 'literal') built += `/${segment.text}`;
      else if (segment.kind === 'parameter') built += `/${raw[segment.name]}`;
      else if (raw[segment.name] !== undefined) built += `/${raw[segment.name]}`;
    }
    return built === '' ? '/' : built;
  };
}

/** By name, as they are in the path. A rest that stands for nothing is not there. */
function readRaw(segments: readonly RouteSegment[], path: string): Record<string, string> {
  const raw: Record<string, string> = Object.create(null);
  let from = 1;
  for (const segment of segments) {
    if (segment.kind === 'rest') {
      if (from <= path.length) raw[segment.name] = path.slice(from);
      break;
    }
    const slash = path.indexOf('/', from);
    const to = slash === -1 ? path.length : slash;
    if (segment.kind === 'parameter') raw[segment.name] = path.slice(from, to);
    from = to + 1;
  }
  return raw;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new WeirError('MALFORMED_PATH', undefined, { cause });
  }
}

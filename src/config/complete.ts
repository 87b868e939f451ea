import { resolve } from 'node:path';
import * as z from 'zod';
import { isMapping } from './mapping.ts';
import type { Place } from './place.ts';
import type { PathKind } from './schema/facts.ts';
import { hasScheme } from './schema/path.ts';
import { optionsFor, peel } from './schema/peel.ts';

/** A path that the config names. */
export interface NamedPath {
  readonly kind: PathKind;
  readonly absolute: string;
  /** Absent for defaults. */
  readonly place: Place | undefined;
}

/** Data that the schema can check, and the paths in it. */
interface Completed {
  readonly data: unknown;
  readonly paths: readonly NamedPath[];
}

/**
 * Does what needs more than a value and its schema: texts from the environment become the numbers and booleans that the
 * schema expects, and paths, also default ones, become absolute.
 * @param directory Folder that paths are relative to.
 */
export function complete(schema: z.core.$ZodType, data: unknown, top: Place, directory: string): Completed {
  const paths: NamedPath[] = [];
  return { data: visit(schema, data, top), paths };

  function visit(wrapped: z.core.$ZodType, written: unknown, place: Place | undefined): unknown {
    const { core, fallback, isPrefault, facts } = peel(wrapped);
    const value = written === undefined && isPrefault ? fallback : written;
    if (value === undefined) return undefined;
    const { def } = core._zod;
    if (def.type === 'object') {
      if (!isMapping(value)) return value;
      const entries = Object.entries(def.shape).map(
        ([key, child]) => [key, visit(child, ownValue(value, key), place?.children.get(key))] as const,
      );
      return { ...value, ...Object.fromEntries(entries.filter(([, child]) => child !== undefined)) };
    }
    if (def.type === 'record') {
      if (!isMapping(value)) return value;
      const entries = Object.entries(value);
      return Object.fromEntries(
        entries.map(([key, item]) => [key, visit(def.valueType, item, place?.children.get(key))]),
      );
    }
    if (def.type === 'array') {
      if (!Array.isArray(value)) return value;
      return value.map((item, index) => visit(def.element, item, place?.children.get(index)));
    }
    if (def.type === 'union') {
      // A text that is good as it is stays a text.
      if (place?.isUntyped && z.safeParse(core, value).success) return value;
      const options = optionsFor(core as z.core.$ZodUnion, value);
      return options.reduce<unknown>((current, option) => visit(option, current, place), value);
    }
    if (typeof value !== 'string') return value;
    if (place?.isUnknown) return value;
    if (facts.path !== undefined) return visitPath(facts.path, value, place);
    return place?.isUntyped ? coerce(def, value) : value;
  }

  function visitPath(kind: PathKind, value: string, place: Place | undefined): string {
    if (value === '' || !isPath(kind, value)) return value;
    const absolute = resolve(directory, value);
    paths.push({ kind, absolute, place });
    return absolute;
  }
}

function isPath(kind: PathKind, value: string): boolean {
  if (kind === 'file-or-url') return !hasScheme(value);
  if (kind === 'module') return /^[./]|\.[cm]?[jt]s$/.test(value);
  return true;
}

/** As YAML's core schema would read the text where it stands plain. */
function coerce(def: z.core.$ZodTypes['_zod']['def'], text: string): unknown {
  const isBoolean =
    def.type === 'boolean' || (def.type === 'literal' && def.values.some((one) => typeof one === 'boolean'));
  if (isBoolean && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (def.type === 'number' && /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  return text;
}

function ownValue(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

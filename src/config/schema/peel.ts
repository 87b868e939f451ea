import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { type Facts, facts } from './facts.ts';

/** A schema without its wrappers (optional, defaults, transforms), and what they said. */
interface Peeled {
  readonly core: z.core.$ZodTypes;
  readonly description: string | undefined;
  /** The default as it is written in YAML. */
  readonly fallback: unknown;
  /** Whether `fallback` is parsed like a written value. */
  readonly isPrefault: boolean;
  readonly facts: Facts;
}

/** Looks through the wrappers from outside to inside; the outermost description and default win. */
export function peel(schema: z.core.$ZodType): Peeled {
  let core = schema as z.core.$ZodTypes;
  let description: string | undefined;
  let fallback: unknown;
  let isPrefault = false;
  let known: Facts = {};
  for (;;) {
    description ??= z.globalRegistry.get(core)?.description;
    known = { ...facts.get(core), ...known };
    const { def } = core._zod;
    if (def.type === 'prefault' || def.type === 'default') {
      isPrefault ||= fallback === undefined && def.type === 'prefault';
      fallback ??= def.defaultValue;
      core = def.innerType as z.core.$ZodTypes;
    } else if (def.type === 'optional' || def.type === 'nullable' || def.type === 'readonly') {
      core = def.innerType as z.core.$ZodTypes;
    } else if (def.type === 'pipe') {
      core = def.in as z.core.$ZodTypes;
    } else {
      return { core, description, fallback, isPrefault, facts: known };
    }
  }
}

/** The options of a union that a value may mean: the one that its discriminator picks, otherwise all of its JSON type. */
export function optionsFor(union: z.core.$ZodUnion | z.core.$ZodDiscriminatedUnion, value: unknown): z.core.$ZodType[] {
  const { options } = union._zod.def;
  const discriminator = (union._zod.def as { discriminator?: string }).discriminator;
  if (discriminator === undefined) return options.filter((option) => accepts(peel(option).core, value));
  const picked = (value as Record<string, unknown> | null | undefined)?.[discriminator];
  return options.filter((option) => option._zod.propValues?.[discriminator]?.has(picked as string));
}

function accepts(core: z.core.$ZodTypes, value: unknown): boolean {
  const type = core._zod.def.type;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object' || type === 'record') return isMapping(value);
  if (type === 'union') return optionsFor(core as z.core.$ZodUnion, value).length > 0;
  return typeof value !== 'object' || value === null;
}

/** A schema and the data that it is for. */
interface Located {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
}

/** The schemas of what is at `path` below `data`; several where a union leaves it open, none for unknown keys. */
export function locate(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): Located[] {
  const [key, ...rest] = path;
  if (key === undefined) return [{ schema, value }];
  const item =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  return membersOf(schema, value).flatMap((core) => {
    const child = childOf(core, key);
    return child === undefined ? [] : locate(child, item, rest);
  });
}

/** The schema without its wrappers; of a union, in its place, the options that `value` may mean. */
export function membersOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodTypes[] {
  const { core } = peel(schema);
  if (core._zod.def.type !== 'union') return [core];
  return optionsFor(core as z.core.$ZodUnion, value).flatMap((option) => membersOf(option, value));
}

function childOf(core: z.core.$ZodTypes, key: PropertyKey): z.core.$ZodType | undefined {
  const { def } = core._zod;
  if (def.type === 'object') return Object.hasOwn(def.shape, key) ? def.shape[key as string] : undefined;
  if (def.type === 'array') return def.element;
  if (def.type === 'record') return def.valueType;
  return undefined;
}

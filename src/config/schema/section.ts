import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { facts } from './facts.ts';

/** What the number behind a key counts; becomes the end of the key's name in the parsed config. */
type Unit = 'Ms' | 'Bytes';
/** The unit exists only in the type: it names the key that {@link section} gives. */
type WithUnit<U extends Unit> = z.ZodType<number & { readonly unit: U }, string | number>;

type Camel<K extends string> = K extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : K;
type UnitOf<S> =
  S extends z.ZodType<infer O>
    ? NonNullable<O> extends number & { readonly unit: infer U extends Unit }
      ? U
      : ''
    : '';
type OutputKey<K extends string, S> = `${Camel<K>}${UnitOf<S>}`;
type Plain<T> = T extends number & { readonly unit: Unit } ? number : T;

/** The parsed form of a section: camelCase keys, units in the names of durations and sizes. */
export type SectionOutput<Shape extends z.ZodRawShape> = {
  readonly [K in keyof Shape & string as OutputKey<K, Shape[K]>]: Plain<z.output<Shape[K]>>;
};

/**
 * A rule that spans keys. It sees the section as it is written (snake_case, before defaults) and runs also when single
 * keys are wrong, so every value in it may be of any type.
 */
export interface SectionRule {
  readonly check: (written: Readonly<Record<string, unknown>>) => RuleBreach | undefined;
}

/** What is wrong as a whole sentence that quotes no value, where below the section, and how to put it right. */
interface RuleBreach {
  readonly message: string;
  readonly hint: string;
  readonly path?: readonly (string | number)[];
}

/**
 * A mapping of the config files. Keys are snake_case in YAML and camelCase in code, and a key that holds a duration or
 * a size ends in its unit (`timeout: 5s` is read as `timeoutMs: 5000`). Unknown keys are refused. Give defaults as they
 * are written in YAML, by `.prefault('5s')`: then the JSON Schema and the docs show them in that form.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape, ...rules: readonly SectionRule[]) {
  const names = Object.entries(shape).map(([key, schema]) => [key, outputKey(key, schema as z.ZodType)] as const);
  return obey(z.strictObject(shape), rules).transform((value) => {
    const input = value as Record<string, unknown>;
    const output: Record<string, unknown> = {};
    for (const [from, to] of names) output[to] = input[from];
    return output as SectionOutput<Shape>;
  });
}

function obey<S extends z.ZodType>(schema: S, rules: readonly SectionRule[]): S {
  return rules.reduce(
    (checked, { check }) =>
      checked.superRefine(
        (written, context) => {
          const breach = check(written as Record<string, unknown>);
          if (breach === undefined) return;
          const { message, path = [], hint } = breach;
          context.addIssue({ code: 'custom', message, path: [...path], params: { hint } });
        },
        { when: ({ value }: { value: unknown }) => isMapping(value) },
      ),
    schema,
  );
}

function outputKey(key: string, schema: z.ZodType): string {
  const camel = key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return camel + (unitOf(schema) ?? '');
}

function unitOf(schema: z.ZodType | undefined): Unit | undefined {
  if (schema === undefined) return undefined;
  return facts.get(schema)?.unit ?? unitOf((schema.def as { innerType?: z.ZodType }).innerType);
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const MS_PER = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `250ms`, `5s`, `1.5m`, `2h`, `7d`; read as milliseconds. The bounds are inclusive and written the same way. */
export function duration(description: string, bounds: { readonly min?: string; readonly max?: string } = {}) {
  return quantity('Ms', 'duration', DURATION, MS_PER, '"250ms", "5s", "2m" or "1h"', description, bounds);
}

const SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|kB|MB|GB)$/;
const BYTES_PER = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** `512B`, `64KiB`, `2MiB`, `1GB`; read as bytes. The bounds are inclusive and written the same way. */
export function size(description: string, bounds: { readonly min?: string; readonly max?: string } = {}) {
  return quantity('Bytes', 'size', SIZE, BYTES_PER, '"64KiB", "2MiB" or "1GB"', description, bounds);
}

function quantity<U extends Unit>(
  unit: U,
  type: string,
  form: RegExp,
  factors: Readonly<Record<string, number>>,
  examples: string,
  description: string,
  { min, max }: { readonly min?: string; readonly max?: string },
): WithUnit<U> {
  const count = (text: string) => {
    const [, amount, suffix] = form.exec(text) as unknown as [string, string, string];
    return Math.floor(Number(amount) * (factors[suffix] as number));
  };
  const error = `Expected a ${type} such as ${examples}`;
  const schema = z
    .string({ error })
    .regex(form, error)
    .transform(count)
    .refine((amount) => min === undefined || amount >= count(min), `Expected at least ${min}`)
    .refine((amount) => max === undefined || amount <= count(max), `Expected at most ${max}`)
    .describe(description);
  facts.add(schema, { unit, type });
  return schema as unknown as WithUnit<U>;
}

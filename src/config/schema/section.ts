import * as z from 'zod';

/** What the number behind a key counts; becomes the end of the key's name in the parsed config. */
type Unit = 'Ms' | 'Bytes';
type WithUnit<U extends Unit> = z.ZodType<number & { readonly unit?: U }, string | number>;

type Camel<K extends string> = K extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : K;
type UnitOf<S> =
  S extends z.ZodType<infer O> ? (NonNullable<O> extends { readonly unit?: infer U extends Unit } ? U : '') : '';
type OutputKey<K extends string, S> = `${Camel<K>}${UnitOf<S>}`;
type Plain<T> = T extends number & { readonly unit?: Unit } ? number : T;

/** The parsed form of a section: camelCase keys, units in the names of durations and sizes. */
export type SectionOutput<Shape extends z.ZodRawShape> = {
  readonly [K in keyof Shape & string as OutputKey<K, Shape[K]>]: Plain<z.output<Shape[K]>>;
};

/**
 * A mapping of the config files. Keys are snake_case in YAML and camelCase in code, and a key that holds a duration or
 * a size ends in its unit (`timeout: 5s` is read as `timeoutMs: 5000`). Unknown keys are refused.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.entries(shape).map(([key, schema]) => [key, outputKey(key, schema as z.ZodType)] as const);
  return z.strictObject(shape).transform((value) => {
    const input = value as Record<string, unknown>;
    const output: Record<string, unknown> = {};
    for (const [from, to] of names) output[to] = input[from];
    return output as SectionOutput<Shape>;
  });
}

function outputKey(key: string, schema: z.ZodType): string {
  const camel = key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return camel + (unitOf(schema) ?? '');
}

function unitOf(schema: z.ZodType | undefined): Unit | undefined {
  if (schema === undefined) return undefined;
  const unit = schema.meta()?.['unit'] as Unit | undefined;
  return unit ?? unitOf((schema.def as { innerType?: z.ZodType }).innerType);
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const MS_PER = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `250ms`, `5s`, `1.5m`, `2h`, `7d`; read as milliseconds. */
export function duration(description: string): WithUnit<'Ms'> {
  return z
    .string()
    .regex(DURATION, 'Expected a duration such as "250ms", "5s", "2m" or "1h"')
    .transform((text) => {
      const [, amount, unit] = DURATION.exec(text) as unknown as [string, string, keyof typeof MS_PER];
      return Number(amount) * MS_PER[unit];
    })
    .meta({ description, unit: 'Ms' }) as unknown as WithUnit<'Ms'>;
}

const SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|kB|MB|GB)$/;
const BYTES_PER = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** `512B`, `64KiB`, `2MiB`, `1GB`; read as bytes. */
export function size(description: string): WithUnit<'Bytes'> {
  return z
    .string()
    .regex(SIZE, 'Expected a size such as "64KiB", "2MiB" or "1GB"')
    .transform((text) => {
      const [, amount, unit] = SIZE.exec(text) as unknown as [string, string, keyof typeof BYTES_PER];
      return Math.floor(Number(amount) * BYTES_PER[unit]);
    })
    .meta({ description, unit: 'Bytes' }) as unknown as WithUnit<'Bytes'>;
}

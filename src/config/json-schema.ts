import * as z from 'zod';
import { peel } from './schema/peel.ts';

/** JSON Schema 2020-12 of what is written in a file, with `x-type` where the documentation has its own name for a type. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly 'x-type'?: string;
}

/** The schema as it is, for documentation. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    override({ zodSchema, jsonSchema }) {
      const { type } = peel(zodSchema).facts;
      if (type !== undefined) jsonSchema['x-type'] = type;
      // Bounds and formats that Zod adds and that say nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.format !== 'uri') delete jsonSchema.format;
    },
  }) as JsonSchema;
}

/** The schema for editors: wherever a value is more than any text, it may also be a text with `${NAME}` in it. */
export function toEditorSchema(schema: z.ZodType, title: string): object {
  const { $schema, ...rest } = admitReferences(toJsonSchema(schema)) as { $schema: string };
  return { $schema, title, ...rest, $defs: { reference: REFERENCE } };
}

const REFERENCE = {
  type: 'string',
  pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}',
  description: `Taken from the environment: \${NAME}, or \${NAME:-default}`,
};

function admitReferences(schema: JsonSchema): JsonSchema {
  const { 'x-type': _, ...plain } = schema;
  const { description, default: fallback, ...rule } = plain;
  const isScalar = ['string', 'number', 'integer', 'boolean'].includes(rule.type ?? '');
  if (
    isScalar &&
    typeof rule.const !== 'string' &&
    Object.keys(rule).some((key) => key !== 'type' || rule.type !== 'string')
  ) {
    const about = { ...(description && { description }), ...(fallback !== undefined && { default: fallback }) };
    return { ...about, anyOf: [rule, { $ref: '#/$defs/reference' } as JsonSchema] };
  }
  return {
    ...plain,
    ...(plain.properties && { properties: mapValues(plain.properties, admitReferences) }),
    ...(plain.items && { items: admitReferences(plain.items) }),
    ...(typeof plain.additionalProperties === 'object' && {
      additionalProperties: admitReferences(plain.additionalProperties),
    }),
    ...(plain.anyOf && { anyOf: plain.anyOf.map(admitReferences) }),
    ...(plain.oneOf && { oneOf: plain.oneOf.map(admitReferences) }),
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

import type { JsonSchema } from '../src/config/json-schema.ts';

/** A type in the words of the documentation. */
export function nameType(schema: JsonSchema): string {
  if (schema['x-type'] !== undefined) return schema['x-type'];
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.map(nameType))].join(' or ');
  switch (schema.type) {
    case 'string':
      return schema.format === 'uri' ? 'URL' : 'text';
    case 'integer':
      return `whole number${nameRange(schema)}`;
    case 'number':
      return `number${nameRange(schema)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return `list of ${nameType(schema.items ?? {})}`;
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `mapping of ${nameType(schema.additionalProperties)}`
        : 'mapping';
    default:
      return 'any';
  }
}

function nameRange({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  const bounds = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`],
    maximum === undefined ? [] : [`at most ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`],
  ].flat();
  return bounds.length === 0 ? '' : `, ${bounds.join(' and ')}`;
}

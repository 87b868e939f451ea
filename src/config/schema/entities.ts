import { Kind, type OperationDefinitionNode, parse, type SelectionNode, type ValueNode } from 'graphql';
import * as z from 'zod';

/** The arguments of a lookup are GraphQL; its variables are named after the fields of the key. */
const EXAMPLE = 'such as "usersByIds(ids: $id)"';

const keyFields = z
  .string()
  .regex(/^\s*[A-Za-z_]\w*(\s+[A-Za-z_]\w*)*\s*$/, 'Expected field names separated by spaces, such as "id" or "id sku"')
  .describe('Fields of the key, separated by spaces, as in `@key(fields:)`');

const lookup = z
  .string()
  .superRefine((text, context) => {
    const detail = complain(text);
    const params = { detail, hint: 'Call one query field, with each key field as a variable and without a selection' };
    if (detail !== undefined)
      context.addIssue({ code: 'custom', message: `Expected one field call ${EXAMPLE}`, params });
  })
  .describe(
    `The query field that finds the entity by its key, ${EXAMPLE}; one that takes a list is called once for many`,
  );

const entity = z.strictObject({ key: keyFields, lookup }).superRefine(
  ({ key, lookup: text }, context) => {
    if (complain(text) !== undefined) return;
    const fields = key.trim().split(/\s+/);
    const stranger = variablesOf(text).find((name) => !fields.includes(name));
    if (stranger === undefined) return;
    const message = 'Expected a call whose variables are all fields of the key';
    const params = { detail: `$${stranger} is none`, hint: 'Name each variable after a field of `key`' };
    context.addIssue({ code: 'custom', message, path: ['lookup'], params });
  },
  // The two keys can be compared as soon as both are texts, whatever else is wrong.
  { when: ({ value }) => isEntity(value) },
);

/** `entities:` of a plain GraphQL upstream: type name to one lookup, or one for each of its keys. */
export const entities = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/, 'Expected the name of a type'),
  z.union([entity, z.array(entity).min(1)]),
);

function isEntity(value: unknown): value is z.input<typeof entity> {
  const { key, lookup: text } = (value ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && typeof text === 'string';
}

/** Why `text` is not a lookup; `undefined` where it is one. */
function complain(text: string): string | undefined {
  let selections: readonly SelectionNode[];
  try {
    const { definitions } = parse(`{ ${text} }`, { noLocation: true });
    if (definitions.length !== 1) return 'it has more than one operation';
    selections = (definitions[0] as OperationDefinitionNode).selectionSet.selections;
  } catch (error) {
    return (error as Error).message;
  }
  const [field] = selections;
  if (field === undefined || selections.length !== 1 || field.kind !== Kind.FIELD) return 'it is not exactly one field';
  if (field.alias !== undefined) return `it has the alias "${field.alias.value}"`;
  if (field.selectionSet !== undefined) return 'it has a selection';
  if (field.directives !== undefined && field.directives.length > 0) return 'it has directives';
  if (variablesOf(text).length === 0) return 'it has no variable';
  return undefined;
}

function variablesOf(text: string): string[] {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions as readonly OperationDefinitionNode[];
  const fields = operation?.selectionSet.selections ?? [];
  return fields.flatMap((field) =>
    field.kind === Kind.FIELD ? (field.arguments ?? []).flatMap((argument) => variablesIn(argument.value)) : [],
  );
}

function variablesIn(value: ValueNode): string[] {
  if (value.kind === Kind.VARIABLE) return [value.name.value];
  if (value.kind === Kind.LIST) return value.values.flatMap(variablesIn);
  if (value.kind === Kind.OBJECT) return value.fields.flatMap((field) => variablesIn(field.value));
  return [];
}

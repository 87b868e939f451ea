import * as fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** Decides what an operation selects: one number for each decision, in order. */
class Choices {
  readonly #numbers: readonly number[];
  #next = 0;
  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }
  /** 0 to `count - 1`; 0 once the numbers are used up, so that operations end. */
  pick(count: number): number {
    return (this.#numbers[this.#next++] ?? 0) % count;
  }
}

/** Queries that fit a schema: aliases, `__typename`, fragments on objects, interfaces and unions, nested ones too. */
export function randomQuery(schema: GraphQLSchema, variables = ''): fc.Arbitrary<string> {
  return fc.array(fc.nat(997), { minLength: 5, maxLength: 120 }).map((numbers) => {
    const choices = new Choices(numbers);
    const query = schema.getQueryType();
    return query ? `query${variables} ${selection(schema, query, choices, 0)}` : '{ __typename }';
  });
}

function selection(schema: GraphQLSchema, type: GraphQLNamedType, choices: Choices, depth: number): string {
  const parts: string[] = [];
  const count = 1 + choices.pick(4);
  for (let index = 0; index < count; index++) parts.push(part(schema, type, choices, depth, index));
  return `{ ${parts.join(' ')} }`;
}

function part(schema: GraphQLSchema, type: GraphQLNamedType, choices: Choices, depth: number, index: number): string {
  const kind = choices.pick(5);
  const alias = choices.pick(3) === 0 ? `x${depth}_${index}: ` : '';
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const usable = fields.filter(
    (field) => field.name !== '_service' && (depth < 5 || !isCompositeType(getNamedType(field.type))),
  );
  if (kind === 0 || (usable.length === 0 && !isAbstractType(type)) || depth >= 6) return `${alias}__typename`;
  if (isCompositeType(type) && (kind === 1 || usable.length === 0) && type !== schema.getQueryType()) {
    const conditions = Object.values(schema.getTypeMap()).filter((other) => {
      if (!isCompositeType(other) || other.name.startsWith('_')) return false;
      const own = possible(schema, type);
      return possible(schema, other).some((name) => own.includes(name));
    });
    const condition = conditions[choices.pick(conditions.length)] ?? type;
    return `... on ${condition.name} ${selection(schema, condition, choices, depth + 1)}`;
  }
  const field = usable[choices.pick(usable.length)];
  return field === undefined ? '__typename' : `${alias}${call(schema, field, choices, depth)}`;
}

function call(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, choices: Choices, depth: number): string {
  const type = getNamedType(field.type);
  const args = field.name === '_entities' ? '(representations: $representations)' : '';
  return `${field.name}${args}${isCompositeType(type) ? ` ${selection(schema, type, choices, depth + 1)}` : ''}`;
}

function possible(schema: GraphQLSchema, type: GraphQLNamedType): string[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map((member) => member.name);
  return [type.name];
}

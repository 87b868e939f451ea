import {
  type GraphQLArgument,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Random } from './random.ts';

/** Values by coordinate, e.g. `{ 'Query.user(id:)': ['1', '2'] }`. */
export type ArgumentPool = Readonly<Record<string, readonly unknown[]>>;

/** Writes argument lists and conditions; collects the variables that they use. */
export interface ArgumentWriter {
  readonly definitions: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  /** `(a: 1, b: $v1)`, or the empty string. */
  call(coordinate: string, args: readonly GraphQLArgument[], isNeeded: boolean): string;
  /** A literal or a variable for `if:`. */
  condition(): string;
}

export function createArgumentWriter(random: Random, pool: ArgumentPool): ArgumentWriter {
  const definitions: string[] = [];
  const values: Record<string, unknown> = {};
  const conditions: string[] = [];

  function declare(type: string, value: unknown, literal: string): string {
    const name = `v${definitions.length + 1}`;
    const isDefaulted = random.chance(0.3);
    definitions.push(`$${name}: ${type}${isDefaulted ? ` = ${literal}` : ''}`);
    if (!isDefaulted || random.chance(0.3)) values[name] = value;
    return `$${name}`;
  }

  return {
    definitions,
    values,
    call(coordinate, args, isNeeded) {
      if (args.length === 0 || (!isNeeded && random.chance(0.4))) return '';
      const written = args.flatMap((argument) => {
        if (!isNonNullType(argument.type) && random.chance(0.3)) return [];
        const values = pool[`${coordinate}(${argument.name}:)`];
        const value = values === undefined ? arbitraryValue(random, argument.type) : random.pick(values);
        const literal = writeLiteral(value, argument.type);
        return [`${argument.name}: ${random.chance(0.35) ? declare(String(argument.type), value, literal) : literal}`];
      });
      return written.length === 0 ? '' : `(${written.join(', ')})`;
    },
    condition() {
      const value = random.chance(0.5);
      if (random.chance(0.3)) return String(value);
      if (conditions.length > 0 && random.chance(0.7)) return random.pick(conditions);
      const condition = declare('Boolean!', value, String(value));
      conditions.push(condition);
      return condition;
    },
  };
}

function arbitraryValue(random: Random, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return arbitraryValue(random, type.ofType as GraphQLInputType);
  if (isListType(type)) {
    return Array.from({ length: random.below(3) }, () => arbitraryValue(random, type.ofType as GraphQLInputType));
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || random.chance(0.5));
    return Object.fromEntries(fields.map((field) => [field.name, arbitraryValue(random, field.type)]));
  }
  switch (type.name) {
    case 'Int':
      return random.below(20);
    case 'Float':
      return random.below(200) / 8;
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return String(1 + random.below(6));
    default:
      return random.pick(['', 'x', 'a "quoted" word', 'zwölf\n☃']);
  }
}

function writeLiteral(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return writeLiteral(value, type.ofType as GraphQLInputType);
  if (Array.isArray(value)) {
    const item = isListType(type) ? (type.ofType as GraphQLInputType) : type;
    return `[${value.map((entry) => writeLiteral(entry, item)).join(', ')}]`;
  }
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type) && typeof value === 'object' && value !== null) {
    const fields = type.getFields();
    const written = Object.entries(value).flatMap(([name, entry]) => {
      const field = fields[name];
      return field === undefined ? [] : [`${name}: ${writeLiteral(entry, field.type)}`];
    });
    return `{ ${written.join(', ')} }`;
  }
  return JSON.stringify(value);
}

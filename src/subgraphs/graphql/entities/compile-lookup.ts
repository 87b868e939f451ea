import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  parse,
  parseValue,
  print,
  type ValueNode,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import type { Complaint } from '../../schema-problem.ts';
import { suggestName } from '../../suggest-name.ts';
import { canCarry } from './can-carry.ts';
import type { Hole, Lookup, Representation } from './lookup.ts';
import { LookupError } from './lookup-error.ts';
import { findEntityType, findRootField, parseCall, readKey, readReturnType } from './lookup-target.ts';

/** A pair of `entities` in an upstream's file. */
export interface LookupDefinition {
  readonly key: string;
  readonly lookup: string;
}

/**
 * Compiles `User: { key: "id region", lookup: "usersByKeys(keys: [{ id: $id, region: $region }])" }` against the service's schema.
 * A lookup takes a list where its one variable stands for a list, or where a list literal has one item with variables.
 */
export function compileLookup(
  schema: GraphQLSchema,
  typeName: string,
  definition: LookupDefinition,
): { readonly lookup: Lookup } | { readonly complaints: readonly Complaint[] } {
  try {
    return { lookup: compile(schema, typeName, definition) };
  } catch (error) {
    if (error instanceof LookupError) return { complaints: [error.complaint] };
    throw error;
  }
}

function compile(schema: GraphQLSchema, typeName: string, definition: LookupDefinition): Lookup {
  const at = `entities.${typeName}`;
  const type = findEntityType(schema, typeName);
  const keyFields = readKey(type, definition.key, at);
  const call = parseCall(definition.lookup, at);
  const field = findRootField(schema, call, at);
  const returns = readReturnType(schema, field, type, at);

  const pieces: string[] = [''];
  const holes: Hole[] = [];
  const used = new Set<string>();
  let takesList = false;

  const append = (text: string) => {
    pieces[pieces.length - 1] += text;
  };
  const dig = (hole: Hole) => {
    holes.push(hole);
    pieces.push('');
  };
  const checkVariable = (name: string, inputType: GraphQLInputType) => {
    const keyField = type.getFields()[name];
    if (keyField === undefined || !keyFields.includes(name)) {
      throw new LookupError(
        `${at}: "$${name}" in "${definition.lookup}" is no field of the key "${definition.key}"`,
        suggestName(name, keyFields),
      );
    }
    if (!canCarry(keyField.type, inputType)) {
      throw new LookupError(
        `${at}: "$${name}" is ${typeName}.${name} of type ${keyField.type}, but stands where "${call.name.value}" takes ${inputType}`,
        'Choose a key field and an argument of one type',
      );
    }
    used.add(name);
  };

  const walk = (node: ValueNode, inputType: GraphQLInputType) => {
    const nullable: GraphQLInputType = getNullableType(inputType);
    if (!hasVariable(node)) append(print(node));
    else if (node.kind === Kind.VARIABLE) {
      const name = node.name.value;
      checkVariable(name, isListType(nullable) ? nullable.ofType : nullable);
      takesList ||= isListType(nullable);
      dig({ type: `${nullable}!`, read: (representation) => representation[name] });
    } else if (node.kind === Kind.LIST && isListType(nullable)) {
      const [item] = node.values;
      if (item === undefined || node.values.length !== 1) {
        throw new LookupError(
          `${at}: the list in "${definition.lookup}" has ${node.values.length} items`,
          'Give the list one item: it is repeated for each entity',
        );
      }
      checkTemplate(item, nullable.ofType);
      takesList = true;
      dig({ type: `${nullable}!`, read: compileTemplate(item) });
    } else if (node.kind === Kind.OBJECT && isInputObjectType(nullable)) {
      append('{');
      for (const [index, member] of node.fields.entries()) {
        append(`${index === 0 ? '' : ','}${member.name.value}:`);
        walk(member.value, memberType(nullable, member.name.value));
      }
      append('}');
    } else {
      throw new LookupError(
        `${at}: "${print(node)}" stands where "${call.name.value}" takes ${inputType}`,
        `Give a value of type ${inputType}`,
      );
    }
  };
  const checkTemplate = (node: ValueNode, inputType: GraphQLInputType): void => {
    const nullable: GraphQLInputType = getNullableType(inputType);
    if (node.kind === Kind.VARIABLE) checkVariable(node.name.value, nullable);
    else if (node.kind === Kind.OBJECT && isInputObjectType(nullable)) {
      for (const member of node.fields) checkTemplate(member.value, memberType(nullable, member.name.value));
    }
  };
  const memberType = (input: GraphQLInputType, name: string): GraphQLInputType => {
    const members = isInputObjectType(input) ? input.getFields() : {};
    const member = members[name];
    if (member !== undefined) return member.type;
    throw new LookupError(
      `${at}: the input type ${input} has no field "${name}"`,
      suggestName(name, Object.keys(members)),
    );
  };

  for (const [index, argument] of (call.arguments ?? []).entries()) {
    const name = argument.name.value;
    const declared = field.args.find((candidate) => candidate.name === name);
    if (declared === undefined) {
      throw new LookupError(
        `${at}: the query field "${field.name}" has no argument "${name}"`,
        suggestName(
          name,
          field.args.map((candidate) => candidate.name),
        ),
      );
    }
    append(`${index === 0 ? '' : ','}${name}:`);
    walk(argument.value, declared.type);
  }

  const unused = keyFields.find((name) => !used.has(name));
  if (unused !== undefined) {
    throw new LookupError(
      `${at}: "${definition.lookup}" does not use the key field "${unused}"`,
      `Pass "$${unused}", or take "${unused}" out of the key`,
    );
  }
  if (takesList && holes.length !== 1) {
    throw new LookupError(
      `${at}: "${definition.lookup}" takes several lists`,
      'Use one list of input objects, such as "keys: [{ id: $id, region: $region }]"',
    );
  }
  if (takesList && !returns.list) {
    throw new LookupError(
      `${at}: the query field "${field.name}" takes a list but returns ${field.type}`,
      `Name a field that returns [${typeName}]`,
    );
  }
  const lookup: Lookup = {
    typeName,
    keyFields,
    fieldName: field.name,
    argumentPieces: pieces,
    holes,
    takesList,
    returnsList: returns.list,
    returnsAbstract: returns.abstract,
  };
  checkCall(schema, lookup, at);
  return lookup;
}

/** Leaves to graphql-js what is not special to lookups: required arguments, literals. */
function checkCall(schema: GraphQLSchema, lookup: Lookup, at: string): void {
  const variables = lookup.holes.map((hole, index) => `$v${index}:${hole.type}`).join(',');
  const args = lookup.argumentPieces.map((piece, index) => (index === 0 ? piece : `$v${index - 1}${piece}`)).join('');
  const document = parse(`query(${variables}){${lookup.fieldName}(${args}){__typename}}`, { noLocation: true });
  const [error] = validate(schema, document);
  if (error !== undefined)
    throw new LookupError(`${at}: ${error.message}`, `Check the arguments of "${lookup.fieldName}"`);
}

function compileTemplate(node: ValueNode): (representation: Representation) => unknown {
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    return (representation) => representation[name];
  }
  if (node.kind === Kind.OBJECT) {
    const members = node.fields.map((member) => [member.name.value, compileTemplate(member.value)] as const);
    return (representation) => Object.fromEntries(members.map(([name, read]) => [name, read(representation)]));
  }
  if (node.kind === Kind.LIST) {
    const items = node.values.map(compileTemplate);
    return (representation) => items.map((read) => read(representation));
  }
  const value = valueFromASTUntyped(parseValue(print(node)));
  return () => value;
}

function hasVariable(node: ValueNode): boolean {
  if (node.kind === Kind.VARIABLE) return true;
  if (node.kind === Kind.LIST) return node.values.some(hasVariable);
  return node.kind === Kind.OBJECT && node.fields.some((member) => hasVariable(member.value));
}

import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';
import type { Complaint } from '../schema-problem.ts';
import { isMachineryField } from '../subgraph-schema.ts';
import { suggestName } from '../suggest-name.ts';
import { ownTypes } from './names.ts';

/** What the graph does not get of an upstream's schema; names are the upstream's. */
export interface Hidden {
  /** Whether the type is not in the subgraph's SDL at all. */
  hidesType(type: string): boolean;
  /**
   * Whether the type is hidden but may still come out of the upstream, as a member of a union or interface that is not hidden.
   * It stays in the SDL as `@inaccessible`, so that the graph knows what it is that clients must not see.
   */
  isInaccessible(type: string): boolean;
  /** Of an object, interface or input type. */
  hidesField(type: string, field: string): boolean;
  /** Only optional ones; a field with a required argument that is hidden is hidden itself. */
  hidesArgument(type: string, field: string, argument: string): boolean;
}

/** Compiles `hide`: what refers to a hidden type goes with it, and so does a type of which nothing is left. */
export function compileHidden(schema: GraphQLSchema, hide: readonly string[], problems: Complaint[]): Hidden {
  const types = new Set<string>();
  const members = new Set<string>();
  for (const coordinate of hide) {
    const complaint = findComplaint(schema, coordinate, hide);
    if (complaint !== undefined) problems.push(complaint);
    else if (coordinate.includes('.')) members.add(coordinate);
    else types.add(coordinate);
  }
  // Each round may hide types that other types refer to; there are finitely many.
  for (let before = -1; before !== types.size; ) {
    before = types.size;
    for (const type of ownTypes(schema)) {
      if (!types.has(type.name) && isEmptied(type, types, members)) types.add(type.name);
    }
  }
  const inaccessible = new Set(
    [...types].filter((type) => isReturned(schema, type, types) && !isEmptied(schema.getType(type), types, members)),
  );
  return {
    hidesType: (type) => types.has(type) && !inaccessible.has(type),
    isInaccessible: (type) => inaccessible.has(type),
    hidesField: (type, field) => hidesMember(schema.getType(type), field, types, members),
    hidesArgument(type, field, name) {
      const parent = schema.getType(type);
      const argument =
        isObjectType(parent) || isInterfaceType(parent)
          ? parent.getFields()[field]?.args.find((arg) => arg.name === name)
          : undefined;
      return argument !== undefined && types.has(getNamedType(argument.type).name);
    },
  };
}

function findComplaint(schema: GraphQLSchema, coordinate: string, hide: readonly string[]): Complaint | undefined {
  const [typeName = '', field] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (field === undefined) {
    const names = ownTypes(schema).map((own) => own.name);
    if (names.includes(typeName)) return undefined;
    return {
      word: coordinate,
      message: `transforms.hide: the schema has no type "${typeName}" that can be hidden`,
      hint: suggestName(typeName, names),
    };
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) {
    return {
      word: coordinate,
      message: `transforms.hide: the schema has no type "${typeName}" with fields`,
      hint: suggestName(
        typeName,
        Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('_')),
      ),
    };
  }
  const fields: Readonly<Record<string, GraphQLField<unknown, unknown> | GraphQLInputField>> = type.getFields();
  const member = Object.hasOwn(fields, field) && !isMachineryField(field) ? fields[field] : undefined;
  if (member === undefined) {
    return {
      word: coordinate,
      message: `transforms.hide: "${typeName}" has no field "${field}"`,
      hint: suggestName(
        field,
        Object.keys(fields).filter((name) => !isMachineryField(name)),
      ),
    };
  }
  if (isInputObjectType(type) && isRequiredInputField(member as GraphQLInputField)) {
    return {
      word: coordinate,
      message: `transforms.hide: "${coordinate}" is a required input`,
      hint: `Hide the fields that take ${typeName}, or ${typeName} itself`,
    };
  }
  const parent = isInputObjectType(type)
    ? undefined
    : type
        .getInterfaces()
        .find(
          (candidate) => candidate.getFields()[field] !== undefined && !hide.includes(`${candidate.name}.${field}`),
        );
  if (parent === undefined) return undefined;
  return {
    word: coordinate,
    message: `transforms.hide: "${coordinate}" is a field of the interface ${parent.name}`,
    hint: `Hide "${parent.name}.${field}" too, or leave the field`,
  };
}

/** Whether an abstract type that the graph has may turn out to be this type. */
function isReturned(schema: GraphQLSchema, name: string, types: ReadonlySet<string>): boolean {
  const type = schema.getType(name);
  if (!isObjectType(type)) return false;
  return ownTypes(schema).some(
    (other) => isAbstractType(other) && !types.has(other.name) && schema.isSubType(other, type),
  );
}

function isEmptied(
  type: GraphQLNamedType | undefined,
  types: ReadonlySet<string>,
  members: ReadonlySet<string>,
): boolean {
  if (isUnionType(type)) return type.getTypes().every((member) => types.has(member.name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const losesRequired = fields.some(
      (field) => isRequiredInputField(field) && types.has(getNamedType(field.type).name),
    );
    return losesRequired || fields.every((field) => hidesMember(type, field.name, types, members));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return Object.keys(type.getFields()).every((field) => hidesMember(type, field, types, members));
}

function hidesMember(
  type: GraphQLNamedType | undefined,
  name: string,
  types: ReadonlySet<string>,
  members: ReadonlySet<string>,
): boolean {
  if (type === undefined || members.has(`${type.name}.${name}`)) return true;
  if (isInputObjectType(type)) {
    const field = type.getFields()[name];
    return field === undefined || types.has(getNamedType(field.type).name);
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return true;
  const field = type.getFields()[name];
  if (field === undefined || types.has(getNamedType(field.type).name)) return true;
  return field.args.some(
    (argument: GraphQLArgument) => isRequiredArgument(argument) && types.has(getNamedType(argument.type).name),
  );
}

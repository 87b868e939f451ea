import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import type { Complaint, Outcome } from '../schema-problem.ts';
import { isMachinery, isMachineryField } from '../subgraph-schema.ts';
import { suggestName } from '../suggest-name.ts';
import type { Transforms } from './transforms.ts';

/** What each type and field of an upstream is called in the graph, and back. Names that are not changed are not in the maps. */
export interface Names {
  /** Upstream name: name in the graph. */
  readonly typeInGraph: ReadonlyMap<string, string>;
  readonly typeAtUpstream: ReadonlyMap<string, string>;
  /** By the upstream's type name: upstream field: field in the graph. */
  readonly fieldInGraph: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly fieldAtUpstream: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Compiles `rename_types`, `rename_fields` and the prefixes against the upstream's schema. */
export function compileNames(schema: GraphQLSchema, transforms: Transforms): Outcome<Names, Complaint> {
  const problems: Complaint[] = [];
  const typeInGraph = renameTypes(schema, transforms, problems);
  const fieldInGraph = renameFields(schema, transforms, problems);
  checkInterfaces(schema, fieldInGraph, problems);
  if (problems.length > 0) return { ok: false, problems };
  const fieldAtUpstream = new Map([...fieldInGraph].map(([type, fields]) => [type, invert(fields)]));
  return { ok: true, value: { typeInGraph, typeAtUpstream: invert(typeInGraph), fieldInGraph, fieldAtUpstream } };
}

/** The types that transforms may speak of: all but root types, built-in scalars and what federation brings. */
export function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  const roots = new Set<GraphQLNamedType>(rootTypes(schema));
  return Object.values(schema.getTypeMap()).filter(
    (type) => !roots.has(type) && !isSpecifiedScalarType(type) && !isIntrospectionType(type) && !isMachinery(type.name),
  );
}

function rootTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
}

function renameTypes(schema: GraphQLSchema, { renameTypes: renamed, prefixTypes }: Transforms, problems: Complaint[]) {
  const own = ownTypes(schema);
  const names = new Set(own.map((type) => type.name));
  for (const name of Object.keys(renamed)) {
    if (names.has(name)) continue;
    const isRoot = rootTypes(schema).some((type) => type.name === name);
    problems.push(
      isRoot
        ? {
            message: `transforms.rename_types: "${name}" is a root type`,
            hint: 'Root types keep their names; rename or prefix their fields',
            word: name,
          }
        : {
            message: `transforms.rename_types: the schema has no type "${name}"`,
            hint: suggestName(name, names),
            word: name,
          },
    );
  }
  const changed = new Map<string, string>();
  const taken = new Map<string, string>(rootTypes(schema).map((type) => [type.name, type.name]));
  for (const { name } of own) {
    const inGraph = Object.hasOwn(renamed, name) ? (renamed[name] ?? name) : `${prefixTypes ?? ''}${name}`;
    const other = taken.get(inGraph);
    if (other !== undefined) {
      problems.push({
        message: `transforms: "${name}" and "${other}" would both be called "${inGraph}"`,
        hint: 'Choose another name for one of them in "rename_types"',
        word: inGraph,
      });
    }
    taken.set(inGraph, name);
    if (inGraph !== name) changed.set(name, inGraph);
  }
  return changed;
}

function renameFields(
  schema: GraphQLSchema,
  { renameFields: renamed, prefixFields }: Transforms,
  problems: Complaint[],
) {
  const changed = new Map<string, Map<string, string>>();
  const set = (type: string, field: string, inGraph: string) => {
    const fields = changed.get(type) ?? new Map<string, string>();
    fields.set(field, inGraph);
    changed.set(type, fields);
  };
  if (prefixFields !== undefined) {
    for (const type of rootTypes(schema)) {
      for (const field of Object.keys(type.getFields()))
        if (!isMachineryField(field)) set(type.name, field, prefixFields + field);
    }
  }
  const renames = Object.entries(renamed).flatMap(([coordinate, inGraph]) => {
    const found = findField(schema, coordinate, problems);
    return found === undefined ? [] : [{ ...found, inGraph }];
  });
  // Interfaces first: what an object type says of itself may repeat it, and is compared afterwards.
  for (const { type, field, inGraph } of renames) {
    if (!isInterfaceType(type)) continue;
    const { objects, interfaces } = schema.getImplementations(type);
    for (const { name } of [type, ...objects, ...interfaces]) set(name, field, inGraph);
  }
  for (const { type, field, inGraph } of renames) set(type.name, field, inGraph);
  for (const [typeName, fields] of changed) checkCollisions(schema, typeName, fields, problems);
  return changed;
}

function findField(
  schema: GraphQLSchema,
  coordinate: string,
  problems: Complaint[],
): { type: Composite; field: string } | undefined {
  const [typeName = '', field = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) {
    const candidates = Object.values(schema.getTypeMap()).filter(
      (candidate) => isObjectType(candidate) || isInterfaceType(candidate),
    );
    const names = candidates
      .map((candidate) => candidate.name)
      .filter((name) => !name.startsWith('__') && !isMachinery(name));
    problems.push({
      message: `transforms.rename_fields: the schema has no object or interface type "${typeName}"`,
      hint: suggestName(typeName, names),
      word: `${typeName}.${field}`,
    });
    return undefined;
  }
  const fields = Object.keys(type.getFields()).filter((name) => !isMachineryField(name));
  if (!fields.includes(field)) {
    problems.push({
      message: `transforms.rename_fields: "${typeName}" has no field "${field}"`,
      hint: suggestName(field, fields),
      word: `${typeName}.${field}`,
    });
    return undefined;
  }
  return { type, field };
}

function checkCollisions(
  schema: GraphQLSchema,
  typeName: string,
  renamed: ReadonlyMap<string, string>,
  problems: Complaint[],
) {
  const taken = new Map<string, string>();
  for (const field of Object.keys((schema.getType(typeName) as Composite).getFields())) {
    const inGraph = renamed.get(field) ?? field;
    const other = taken.get(inGraph);
    if (other !== undefined) {
      problems.push({
        message: `transforms: "${typeName}.${other}" and "${typeName}.${field}" would both be called "${inGraph}"`,
        hint: 'Choose another name for one of them in "rename_fields"',
        word: `${typeName}.${field}`,
      });
    }
    taken.set(inGraph, field);
  }
}

/** A type has the fields of its interfaces under the interfaces' names (GraphQL §3.6). */
function checkInterfaces(
  schema: GraphQLSchema,
  renamed: ReadonlyMap<string, ReadonlyMap<string, string>>,
  problems: Complaint[],
) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const parent of type.getInterfaces()) {
      for (const field of Object.keys(parent.getFields())) {
        const own = renamed.get(type.name)?.get(field) ?? field;
        if (own === (renamed.get(parent.name)?.get(field) ?? field)) continue;
        problems.push({
          message: `transforms: "${type.name}.${field}" would be called "${own}", but it is a field of the interface ${parent.name}`,
          hint: `Rename "${parent.name}.${field}": that renames it in every type with the interface`,
          word: `${type.name}.${field}`,
        });
      }
    }
  }
}

function invert(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([from, to]) => [to, from]));
}

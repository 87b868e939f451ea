import type { FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import { getOwn, type JsonObject } from '../own.ts';
import { Failure } from '../run/failure.ts';
import { compileRequiredFields, type RequiredField, type Rewrite, toRewrite } from './required-fields.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

/** Writes representations of entities, straight from the data, as JSON text. */
export interface RepresentationWriter {
  /** How entities of the entity's type are represented; the same object for the same type. `undefined`: not at all. */
  requirementsOf(entity: JsonObject): Requirements | undefined;
}

export interface Requirements {
  /** The one field, with a plain value, that representations of the type differ in; `undefined`: there are several. */
  readonly soleKey: string | undefined;
  /** `undefined`: the entity lacks what the subgraph needs to know it by. */
  write(entity: JsonObject): string | undefined;
  /** What keeps the entity from having a representation: a field that failed, or that is not there; `undefined`: all of them are null. */
  findLacking(entity: JsonObject): Failure | string | undefined;
}

/** @param requires what the planner says that representations hold, by type condition. */
export function compileRepresentation(
  requires: readonly RequiresSelection[],
  inputRewrites: readonly FetchRewrite[] | undefined,
  types: SupergraphTypes,
): RepresentationWriter {
  const rewrites = (inputRewrites ?? []).map(toRewrite);
  const byType = new Map<string, Requirements>();
  let lastTypename: string | undefined;
  let last: Requirements | undefined;

  return {
    requirementsOf(entity) {
      const typename = entity.__typename;
      if (typename === lastTypename && last !== undefined) return last;
      if (typeof typename !== 'string') return undefined;
      let requirements = byType.get(typename);
      if (requirements === undefined) {
        const asType = coveringType(typename, requires, rewrites, types);
        // Names of no type come from an upstream and are not worth keeping.
        if (asType === undefined) return undefined;
        requirements = compileRequirements(compileRequiredFields(requires, rewrites, asType, types), types);
        byType.set(typename, requirements);
      }
      lastTypename = typename;
      last = requirements;
      return requirements;
    },
  };
}

/** The type whose requirements count for an entity of the type. */
function coveringType(
  typename: string,
  requires: readonly RequiresSelection[],
  rewrites: readonly Rewrite[],
  types: SupergraphTypes,
): string | undefined {
  const conditions = requires.flatMap((selection) =>
    selection.kind === 'InlineFragment' ? [selection.typeCondition] : [],
  );
  if (conditions.some((condition) => types.satisfying(condition).has(typename))) return typename;
  // Where one fetch from an interface object serves several types, the planner names the requirements of one of them only.
  const isInterfaceObject = rewrites.some(({ path: [first], setValueTo }) => {
    const isOfInterface =
      first !== undefined && 'TypenameEquals' in first && first.TypenameEquals.includes(setValueTo ?? '');
    return isOfInterface && types.satisfying(setValueTo ?? '').has(typename);
  });
  return isInterfaceObject ? conditions[0] : undefined;
}

interface FieldWriter {
  readonly name: string;
  /** What stands before the value: constant fields, and the key. */
  readonly before: string;
  readonly nested: NestedWriter | undefined;
}
/** `undefined`: something in the value failed. */
type NestedWriter = (value: JsonObject) => string | undefined;

function compileRequirements(fields: readonly RequiredField[], types: SupergraphTypes): Requirements {
  const { writers, after } = compileFieldWriters(fields, types);
  const [only, ...others] = writers;
  return {
    soleKey: only !== undefined && others.length === 0 && only.nested === undefined ? only.name : undefined,
    write(entity) {
      let text = '';
      let isKnown = false;
      for (let at = 0; at < writers.length; at++) {
        const { name, before, nested } = writers[at] as FieldWriter;
        const value = getOwn(entity, name);
        if (value === undefined || value instanceof Failure) return undefined;
        if (value !== null) isKnown = true;
        const written = writeValue(value, nested);
        if (written === undefined) return undefined;
        text += before + written;
      }
      return isKnown ? `{${text.slice(1)}${after}}` : undefined;
    },
    findLacking(entity) {
      let absent: string | undefined;
      for (const { name } of writers) {
        const value = getOwn(entity, name);
        const failure = findFailure(value);
        if (failure !== undefined) return failure;
        if (value === undefined) absent ??= `An entity lacks "${name}", which a fetch of more of it requires`;
      }
      return absent;
    },
  };
}

function compileFieldWriters(
  fields: readonly RequiredField[],
  types: SupergraphTypes,
): { readonly writers: readonly FieldWriter[]; readonly after: string } {
  const writers: FieldWriter[] = [];
  let constants = '';
  for (const { name, keyText, constantText, selections, rewrites } of fields) {
    constants += keyText;
    if (constantText !== undefined) {
      constants += constantText;
      continue;
    }
    const nested = selections.length === 0 ? undefined : compileNested(selections, rewrites, types);
    writers.push({ name, before: constants, nested });
    constants = '';
  }
  return { writers, after: constants };
}

function compileNested(
  selections: readonly RequiresSelection[],
  rewrites: readonly Rewrite[],
  types: SupergraphTypes,
): NestedWriter {
  const byType = new Map<string, readonly (RequiredField & { readonly nested: NestedWriter | undefined })[]>();
  return (object) => {
    const typename = typeof object.__typename === 'string' ? object.__typename : '';
    let fields = byType.get(typename);
    if (fields === undefined) {
      fields = compileRequiredFields(selections, rewrites, typename, types).map((field) => ({
        ...field,
        nested: field.selections.length === 0 ? undefined : compileNested(field.selections, field.rewrites, types),
      }));
      if (typename === '' || types.objects.has(typename)) byType.set(typename, fields);
    }
    let text = '';
    for (const { name, keyText, constantText, nested } of fields) {
      const value = constantText ?? getOwn(object, name);
      // What a nested object lacks is left out: only the entity itself must be whole.
      if (value === undefined) continue;
      const written = constantText ?? writeValue(value, nested);
      if (written === undefined) return undefined;
      text += keyText + written;
    }
    return `{${text.slice(1)}}`;
  };
}

/** @returns `undefined`: something in the value failed. */
function writeValue(value: unknown, nested: NestedWriter | undefined): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Failure) return undefined;
  if (Array.isArray(value)) {
    let text = '';
    for (const item of value) {
      const written = writeValue(item ?? null, nested);
      if (written === undefined) return undefined;
      text += `,${written}`;
    }
    return `[${text.slice(1)}]`;
  }
  return nested === undefined ? JSON.stringify(value) : nested(value as JsonObject);
}

function findFailure(value: unknown): Failure | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Failure) return value;
  for (const item of Object.values(value)) {
    const failure = findFailure(item);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

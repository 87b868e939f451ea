import type { FetchNodePathSegment, FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import { getOwn, type JsonObject } from '../own.ts';
import { Failure } from '../run/failure.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

/** Writes the representation of an entity, straight from the data, as JSON text. */
export interface RepresentationWriter {
  /** `undefined`: the entity lacks what the subgraph needs to know it by. */
  write(entity: JsonObject): string | undefined;
  /** The failure that keeps the entity from having a representation, if one does. */
  findFailure(entity: JsonObject): Failure | undefined;
}

interface RequiredField {
  /** Where the data has it. */
  readonly name: string;
  /** `,"key":` */
  keyText: string;
  /** Written in place of what the data has. */
  constantText: string | undefined;
  readonly nested: NestedWriter | undefined;
}
/** By the key that the representation has, where the data has the field. */
type Collected = Map<string, { readonly name: string; readonly nested: RequiresSelection[] }>;
type NestedWriter = (value: JsonObject) => string;

interface Rewrite {
  readonly path: readonly FetchNodePathSegment[];
  readonly setValueTo?: string;
  readonly renameKeyTo?: string;
}

export function compileRepresentation(
  requires: readonly RequiresSelection[],
  inputRewrites: readonly FetchRewrite[] | undefined,
  types: SupergraphTypes,
): RepresentationWriter {
  const rewrites = (inputRewrites ?? []).map(toRewrite);
  const byType = new Map<string, readonly RequiredField[]>();

  function fieldsFor(entity: JsonObject): readonly RequiredField[] | undefined {
    const typename = entity.__typename;
    if (typeof typename !== 'string') return undefined;
    const known = byType.get(typename);
    if (known !== undefined) return known;
    const asType = coveringType(typename);
    // Names of no type come from an upstream and are not worth keeping.
    if (asType === undefined) return undefined;
    const fields = compileFields(requires, rewrites, asType, types);
    byType.set(typename, fields);
    return fields;
  }

  /** The type whose requirements count for an entity of the type. */
  function coveringType(typename: string): string | undefined {
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

  return {
    write(entity) {
      const fields = fieldsFor(entity);
      if (fields === undefined) return undefined;
      let text = '';
      let isKnown = false;
      for (let at = 0; at < fields.length; at++) {
        const field = fields[at] as RequiredField;
        if (field.constantText !== undefined) {
          text += field.keyText + field.constantText;
          continue;
        }
        const value = getOwn(entity, field.name);
        if (value === undefined || value instanceof Failure) return undefined;
        if (value !== null && field.name !== '__typename') isKnown = true;
        text += field.keyText + writeValue(value, field.nested);
      }
      return isKnown ? `{${text.slice(1)}}` : undefined;
    },
    findFailure(entity) {
      for (const { name } of fieldsFor(entity) ?? []) {
        const value = getOwn(entity, name);
        if (value instanceof Failure) return value;
      }
      return undefined;
    },
  };
}

function writeValue(value: unknown, nested: NestedWriter | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || nested === undefined || typeof value !== 'object') return JSON.stringify(value);
  if (!Array.isArray(value)) return value instanceof Failure ? 'null' : nested(value as JsonObject);
  let text = '';
  for (const item of value) text += `,${writeValue(item ?? null, nested)}`;
  return `[${text.slice(1)}]`;
}

function compileNested(
  selections: readonly RequiresSelection[],
  rewrites: readonly Rewrite[],
  types: SupergraphTypes,
): NestedWriter {
  const byType = new Map<string, readonly RequiredField[]>();
  return (object) => {
    const typename = typeof object.__typename === 'string' ? object.__typename : '';
    let fields = byType.get(typename);
    if (fields === undefined) {
      fields = compileFields(selections, rewrites, typename, types);
      if (typename === '' || types.objects.has(typename)) byType.set(typename, fields);
    }
    let text = '';
    for (const field of fields) {
      if (field.constantText !== undefined) {
        text += field.keyText + field.constantText;
        continue;
      }
      const value = getOwn(object, field.name);
      if (value !== undefined && !(value instanceof Failure)) text += field.keyText + writeValue(value, field.nested);
    }
    return `{${text.slice(1)}}`;
  };
}

/** The fields that apply to one concrete type, with its rewrites done. */
function compileFields(
  selections: readonly RequiresSelection[],
  rewrites: readonly Rewrite[],
  typename: string,
  types: SupergraphTypes,
): readonly RequiredField[] {
  const collected: Collected = new Map();
  collectRequired(selections, typename, types, collected);
  const applicable = rewrites.flatMap((rewrite) => enterType(rewrite, typename, types));
  return [...collected].map(([key, { name, nested }]) => {
    const under = applicable.flatMap((rewrite) => enterKey(rewrite, key));
    const setter = under.find((rewrite) => rewrite.path.length === 0 && rewrite.setValueTo !== undefined);
    const renamer = under.find((rewrite) => rewrite.path.length === 0 && rewrite.renameKeyTo !== undefined);
    return {
      name,
      keyText: `,${JSON.stringify(renamer?.renameKeyTo ?? key)}:`,
      constantText: setter === undefined ? undefined : JSON.stringify(setter.setValueTo),
      nested:
        nested.length === 0
          ? undefined
          : compileNested(
              nested,
              under.filter(({ path }) => path.length > 0),
              types,
            ),
    };
  });
}

function collectRequired(
  selections: readonly RequiresSelection[],
  typename: string,
  types: SupergraphTypes,
  into: Collected,
): void {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (typename === '' || types.satisfying(selection.typeCondition).has(typename)) {
        collectRequired(selection.selections, typename, types, into);
      }
    } else if (selection.kind === 'Field') {
      const key = selection.alias ?? selection.name;
      const known = into.get(key);
      if (known !== undefined) known.nested.push(...(selection.selections ?? []));
      else {
        into.set(key, { name: selection.name, nested: [...(selection.selections ?? [])] });
      }
    }
  }
}

function toRewrite(rewrite: FetchRewrite): Rewrite {
  if ('KeyRenamer' in rewrite) return rewrite.KeyRenamer;
  return 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
}

/** The rewrite past the type conditions at its head; none where the type does not satisfy them. */
function enterType(rewrite: Rewrite, typename: string, types: SupergraphTypes): readonly Rewrite[] {
  const [segment, ...path] = rewrite.path;
  if (segment === undefined || !('TypenameEquals' in segment)) return [rewrite];
  const isSatisfied = segment.TypenameEquals.some((condition) => types.satisfying(condition).has(typename));
  return isSatisfied ? enterType({ ...rewrite, path }, typename, types) : [];
}

function enterKey(rewrite: Rewrite, key: string): readonly Rewrite[] {
  const [segment, ...path] = rewrite.path;
  return segment !== undefined && 'Key' in segment && segment.Key === key ? [{ ...rewrite, path }] : [];
}

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isObjectType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type ValueNode,
  visit,
} from 'graphql';
import { inlineFragments } from '../../inline-fragments.ts';
import type { Lookup } from './lookup.ts';

/** Begins every response key and variable that Weir adds to a request; no client or planner writes it. */
export const PRIVATE = '_weir';
export const PRIVATE_TYPE = `${PRIVATE}Type`;

/** What an operation with `_entities` fields asks of a plain service; compiled once, whatever the representations. */
export interface EntitiesProgram {
  readonly name: string | undefined;
  readonly fields: readonly EntitiesField[];
  /** The other root fields, sent with the first request; `undefined`: none. */
  readonly rest: Fragment | undefined;
  /** Definitions of the operation's variables, by name. */
  readonly variableDefinitions: ReadonlyMap<string, string>;
}

/** One `_entities` field, whatever its alias. */
export interface EntitiesField {
  readonly responseKey: string;
  readonly representations: ValueNode;
  readonly directives: Fragment;
  /** What is selected of each type that has lookups. */
  readonly types: ReadonlyMap<string, readonly LookupCall[]>;
}

/** A lookup with what this operation selects of the entity. */
export interface LookupCall {
  readonly lookup: Lookup;
  readonly selection: Fragment;
  /** Response keys under which an entity of the result has its key, in the order of the lookup's; empty where no list is returned. */
  readonly keys: readonly string[];
  /** Response keys that only Weir asked for; they are taken out of the result again. */
  readonly privateKeys: readonly string[];
}

/** Text, and the variables that it uses. */
export interface Fragment {
  readonly text: string;
  readonly variables: readonly string[];
}

/** @returns `undefined` for an operation without `_entities`: it goes to the service as it is. */
export function compileEntities(
  document: DocumentNode,
  schema: GraphQLSchema,
  lookups: ReadonlyMap<string, readonly Lookup[]>,
): EntitiesProgram | undefined {
  const operation = inlineFragments(document);
  const roots = rootFields(operation.selectionSet);
  const isEntities = (node: SelectionNode): node is FieldNode =>
    node.kind === Kind.FIELD && node.name.value === '_entities';
  const entities = mergeByResponseKey(roots.filter(isEntities));
  if (entities.length === 0) return undefined;
  const rest = roots.filter((node) => !isEntities(node));
  return {
    name: operation.name?.value,
    fields: entities.map((field) => compileField(field, schema, lookups)),
    rest: rest.length === 0 ? undefined : fragmentOf({ kind: Kind.SELECTION_SET, selections: rest }),
    variableDefinitions: new Map(
      operation.variableDefinitions?.map((node) => [node.variable.name.value, stripIgnoredCharacters(print(node))]),
    ),
  };
}

/** Fields of one response key are one field with all their selections (GraphQL §6.3.2, CollectFields). */
function mergeByResponseKey(fields: readonly FieldNode[]): FieldNode[] {
  const merged = new Map<string, FieldNode>();
  for (const field of fields) {
    const key = field.alias?.value ?? field.name.value;
    const selections = [
      ...(merged.get(key)?.selectionSet?.selections ?? []),
      ...(field.selectionSet?.selections ?? []),
    ];
    merged.set(key, { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } });
  }
  return [...merged.values()];
}

function compileField(
  field: FieldNode,
  schema: GraphQLSchema,
  lookups: ReadonlyMap<string, readonly Lookup[]>,
): EntitiesField {
  const representations = field.arguments?.find((argument) => argument.name.value === 'representations')?.value;
  const types = new Map<string, LookupCall[]>();
  for (const [typeName, ways] of lookups) {
    const selections = specialise(field.selectionSet?.selections ?? [], typeName, schema);
    types.set(
      typeName,
      ways.map((lookup) => compileCall(lookup, selections)),
    );
  }
  return {
    responseKey: field.alias?.value ?? field.name.value,
    representations: representations ?? { kind: Kind.LIST, values: [] },
    directives: {
      text: field.directives?.map((node) => ` ${print(node)}`).join('') ?? '',
      variables: variablesIn(field.directives ?? []),
    },
    types,
  };
}

function compileCall(lookup: Lookup, selections: readonly SelectionNode[]): LookupCall {
  const added: FieldNode[] = [];
  const add = (name: string, alias: string) => {
    added.push(fieldNode(name, alias));
    return alias;
  };
  const keys = (lookup.returnsList ? lookup.keyFields : []).map((name, index) => {
    const isSelected = selections.some((node) => node.kind === Kind.FIELD && isPlain(node, name));
    return isSelected ? name : add(name, `${PRIVATE}Key${index}`);
  });
  if (selections.length === 0 && added.length === 0) add('__typename', PRIVATE_TYPE);
  const own: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [...selections, ...added] };
  const privateKeys = added.map((field) => field.alias?.value ?? '');
  if (!lookup.returnsAbstract) return { lookup, selection: fragmentOf(own), keys, privateKeys };
  const narrowed: InlineFragmentNode = {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: lookup.typeName } },
    selectionSet: own,
  };
  const all: SelectionSetNode = {
    kind: Kind.SELECTION_SET,
    selections: [fieldNode('__typename', PRIVATE_TYPE), narrowed],
  };
  return { lookup, selection: fragmentOf(all), keys, privateKeys: [...privateKeys, PRIVATE_TYPE] };
}

/** What a selection on `_Entity` selects of one object type. */
function specialise(selections: readonly SelectionNode[], typeName: string, schema: GraphQLSchema): SelectionNode[] {
  return selections.flatMap((node): readonly SelectionNode[] => {
    if (node.kind !== Kind.INLINE_FRAGMENT) return [node];
    if (!applies(node.typeCondition?.name.value, typeName, schema)) return [];
    const inner = specialise(node.selectionSet.selections, typeName, schema);
    if ((node.directives?.length ?? 0) === 0) return inner;
    const { typeCondition: _, ...bare } = node;
    return inner.length === 0 ? [] : [{ ...bare, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } }];
  });
}

function applies(condition: string | undefined, typeName: string, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === typeName || condition === '_Entity') return true;
  const abstract = schema.getType(condition);
  const type = schema.getType(typeName);
  return isAbstractType(abstract) && isObjectType(type) && schema.isSubType(abstract, type);
}

function isPlain(node: FieldNode, name: string): boolean {
  return (
    node.name.value === name &&
    (node.alias === undefined || node.alias.value === name) &&
    (node.directives?.length ?? 0) === 0
  );
}

function fieldNode(name: string, alias?: string): FieldNode {
  return {
    kind: Kind.FIELD,
    ...(alias === undefined ? {} : { alias: { kind: Kind.NAME, value: alias } }),
    name: { kind: Kind.NAME, value: name },
  };
}

function fragmentOf(selectionSet: SelectionSetNode): Fragment {
  return { text: stripIgnoredCharacters(print(selectionSet)), variables: variablesIn([selectionSet]) };
}

function variablesIn(nodes: readonly Parameters<typeof visit>[0][]): string[] {
  const names = new Set<string>();
  for (const node of nodes) visit(node, { Variable: (variable) => void names.add(variable.name.value) });
  return [...names];
}

/** Root fields with fragments around them opened, where these carry no condition. */
function rootFields(selectionSet: SelectionSetNode): SelectionNode[] {
  return selectionSet.selections.flatMap((node) =>
    node.kind === Kind.INLINE_FRAGMENT && (node.directives?.length ?? 0) === 0 ? rootFields(node.selectionSet) : [node],
  );
}

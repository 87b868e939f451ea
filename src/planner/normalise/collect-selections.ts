import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { foldDirectives, isIncluded } from './conditions.ts';

/** What one normalisation knows besides the selections. */
export interface Source {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Fields that may still be collected: bounds what nested fragments can unfold to. */
  budget: number;
}

/** The selections of one object under one type condition, in order. */
export interface Level {
  readonly type: GraphQLCompositeType;
  readonly items: (CollectedField | CollectedFragment)[];
  /** The level around a type condition; `undefined` at the object's own selection set. */
  readonly outer: Level | undefined;
  /** Names of the object types that reach this level. */
  readonly scope: ReadonlySet<string>;
  readonly fields: Map<string, { readonly field: CollectedField; readonly index: number }>;
  /** Response key to the index of the last item that selects it under a narrower condition. */
  readonly conditional: Map<string, number>;
  readonly visitedFragments: Set<string>;
}

export interface CollectedField {
  readonly kind: 'field';
  readonly key: string;
  readonly node: FieldNode;
  readonly directives: readonly DirectiveNode[];
  /** `undefined`: a leaf. */
  readonly type: GraphQLCompositeType | undefined;
  /** Selection sets of all merged fields, in order; each once. */
  readonly selectionSets: Set<SelectionSetNode>;
}

export interface CollectedFragment {
  readonly kind: 'fragment';
  /** `undefined`: no narrower than the level around it; only where `directives` keep it apart. */
  readonly condition: GraphQLCompositeType | undefined;
  readonly directives: readonly DirectiveNode[];
  readonly level: Level;
}

export function openLevel(source: Source, type: GraphQLCompositeType): Level {
  return createLevel(type, undefined, possibleTypes(source.schema, type));
}

/**
 * Adds selections to a level as CollectFields would meet them (GraphQL §6.3.2): folds conditions, flattens what is not
 * narrower, drops what cannot match, and merges fields of one response key where that keeps the order.
 * @param union a union that the selections stand under. It has no fields of its own, so it stays only around `__typename`, and around
 *   conditions that are wider than it.
 */
export function collectSelections(
  source: Source,
  level: Level,
  selections: readonly SelectionNode[],
  union?: GraphQLUnionType,
): void {
  for (const selection of selections) {
    if (!isIncluded(selection, source.variables)) continue;
    switch (selection.kind) {
      case Kind.FIELD:
        collectField(source, union === undefined ? level : conditionalLevel(source, level, union, []), selection);
        break;
      case Kind.INLINE_FRAGMENT:
        collectFragment(source, level, selection, selection.typeCondition?.name.value, selection.selectionSet, union);
        break;
      case Kind.FRAGMENT_SPREAD: {
        const fragment = source.fragments.get(selection.name.value);
        if (fragment === undefined) break;
        const name = fragment.name.value;
        if (union === undefined && !foldDirectives(selection.directives, source.variables).some(isIncremental)) {
          // A second visit adds nothing, here or under a narrower condition: what it would select stands earlier already.
          if (isVisited(level, name)) break;
          level.visitedFragments.add(name);
        }
        collectFragment(source, level, selection, fragment.typeCondition.name.value, fragment.selectionSet, union);
      }
    }
  }
}

function collectField(source: Source, level: Level, node: FieldNode): void {
  const definition = source.schema.getField(level.type, node.name.value);
  if (definition === undefined) return;
  source.budget -= 1;
  if (source.budget < 0) {
    throw new GraphQLError('The operation selects too many fields once its fragments are unfolded', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  }
  const key = node.alias?.value ?? node.name.value;
  const namedType = getNamedType(definition.type);
  const type = isCompositeType(namedType) ? namedType : undefined;
  if (type === undefined && isSelected(level, key)) return;
  const earlier = level.fields.get(key);
  // Merging across a conditional selection of the same key would put these subfields before the conditional ones.
  if (earlier !== undefined && (level.conditional.get(key) ?? -1) < earlier.index) {
    if (node.selectionSet !== undefined) earlier.field.selectionSets.add(node.selectionSet);
    return;
  }
  const field: CollectedField = {
    kind: 'field',
    key,
    node,
    directives: foldDirectives(node.directives, source.variables),
    type,
    selectionSets: new Set(node.selectionSet === undefined ? [] : [node.selectionSet]),
  };
  level.fields.set(key, { field, index: level.items.length });
  level.items.push(field);
  for (let outer = level.outer; outer !== undefined; outer = outer.outer) {
    outer.conditional.set(key, outer.items.length - 1);
  }
}

function collectFragment(
  source: Source,
  level: Level,
  selection: SelectionNode,
  conditionName: string | undefined,
  selectionSet: SelectionSetNode,
  union: GraphQLUnionType | undefined,
): void {
  const { schema } = source;
  const { selections } = selectionSet;
  const condition = conditionName === undefined ? (union ?? level.type) : schema.getType(conditionName);
  if (!isCompositeType(condition)) return;
  const directives = foldDirectives(selection.directives, source.variables).filter(isIncremental);
  if (union !== undefined && (condition === union || !isWithinUnion(source, level, condition, union))) {
    if (condition === union && directives.length === 0) collectSelections(source, level, selections, union);
    else
      collectFragment(
        source,
        conditionalLevel(source, level, union, []),
        selection,
        conditionName,
        selectionSet,
        undefined,
      );
    return;
  }
  const isNarrower = condition !== level.type && !(isAbstractType(condition) && isWider(source, condition, level));
  if (isNarrower && !canMatch(source, level, condition)) return;
  if (directives.length > 0 || (isNarrower && !isUnionType(condition))) {
    collectSelections(
      source,
      conditionalLevel(source, level, isNarrower ? condition : undefined, directives),
      selections,
    );
  } else collectSelections(source, level, selections, isNarrower && isUnionType(condition) ? condition : undefined);
}

/** Whether all that reaches the level satisfies the condition, and the level's type has the condition's fields. */
function isWider(source: Source, condition: GraphQLAbstractType, level: Level): boolean {
  if (level.type === condition) return true;
  if (isUnionType(condition)) return isSubset(level.scope, possibleTypes(source.schema, condition));
  return !isUnionType(level.type) && source.schema.isSubType(condition, level.type);
}

/** Whether the union says nothing that the condition under it does not say. */
function isWithinUnion(
  source: Source,
  level: Level,
  condition: GraphQLCompositeType,
  union: GraphQLUnionType,
): boolean {
  const matching = intersect(level.scope, possibleTypes(source.schema, condition));
  return isSubset(matching, possibleTypes(source.schema, union));
}

function canMatch(source: Source, level: Level, condition: GraphQLCompositeType): boolean {
  return intersect(level.scope, possibleTypes(source.schema, condition)).size > 0;
}

/** The level under a condition at the end of a level: the last one where it is the same, otherwise a new one. */
function conditionalLevel(
  source: Source,
  level: Level,
  condition: GraphQLCompositeType | undefined,
  directives: readonly DirectiveNode[],
): Level {
  const last = level.items.at(-1);
  if (
    directives.length === 0 &&
    last?.kind === 'fragment' &&
    last.directives.length === 0 &&
    last.condition === condition
  ) {
    return last.level;
  }
  const scope = condition === undefined ? level.scope : intersect(level.scope, possibleTypes(source.schema, condition));
  const inner = createLevel(condition ?? level.type, level, scope);
  level.items.push({ kind: 'fragment', condition, directives, level: inner });
  return inner;
}

function createLevel(type: GraphQLCompositeType, outer: Level | undefined, scope: ReadonlySet<string>): Level {
  return { type, items: [], outer, scope, fields: new Map(), conditional: new Map(), visitedFragments: new Set() };
}

/** Object type names that a value of the type can have. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLCompositeType): ReadonlySet<string> {
  return new Set(isAbstractType(type) ? schema.getPossibleTypes(type).map((object) => object.name) : [type.name]);
}

/** Whether the key is selected already for all that reaches the level. */
function isSelected(level: Level, key: string): boolean {
  for (let at: Level | undefined = level; at !== undefined; at = at.outer) if (at.fields.has(key)) return true;
  return false;
}

function isVisited(level: Level, fragmentName: string): boolean {
  for (let at: Level | undefined = level; at !== undefined; at = at.outer) {
    if (at.visitedFragments.has(fragmentName)) return true;
  }
  return false;
}

function isIncremental(directive: DirectiveNode): boolean {
  return directive.name.value === 'defer';
}

function intersect(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left].filter((name) => right.has(name)));
}

function isSubset(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  for (const name of left) if (!right.has(name)) return false;
  return true;
}

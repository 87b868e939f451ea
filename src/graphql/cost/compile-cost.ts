import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { possibleTypes } from '../../planner/normalise/collect-selections.ts';
import type { Operation } from '../../planner/operation.ts';
import type { CostRules } from './cost-rules.ts';
import { compileValue, inputCost } from './input-values.ts';
import { compileLength, type OnBreach, type SlicingBreach } from './list-length.ts';
import { evaluate, max, product, sum, type Term } from './term.ts';

export interface Estimate {
  /** 0 to 2^53 - 1. */
  readonly cost: number;
  /** The first slicing argument that is missing or one too many. */
  readonly breach: SlicingBreach | undefined;
}

/** Estimates the cost of one operation. @param variables coerced. */
export type EstimateCost = (variables: Readonly<Record<string, unknown>>) => Estimate;

/** A length that a field sets for a list below it. */
interface SizedField {
  readonly path: readonly string[];
  readonly length: Term;
}

/** A field, and the object types that it is selected on. */
interface Selected {
  readonly node: FieldNode;
  readonly parent: GraphQLCompositeType;
  readonly scope: ReadonlySet<string>;
}

type Field = GraphQLField<unknown, unknown>;

/**
 * Compiles the cost of an operation by the cost directives specification: a field costs its arguments, and for each value that it can
 * have its weight and what is selected of the value. Of what excludes each other by type, the dearest counts; so the estimate
 * is an upper bound where list sizes are.
 * @param mutationCost added for each root field of a mutation.
 */
export function compileCost(
  schema: GraphQLSchema,
  operation: Operation,
  rules: CostRules,
  mutationCost: number,
): EstimateCost {
  const [definition] = operation.document.definitions;
  const root = schema.getRootType(operation.kind);
  if (definition?.kind !== Kind.OPERATION_DEFINITION || root == null) return () => ({ cost: 0, breach: undefined });
  let breach: SlicingBreach | undefined;
  const onBreach: OnBreach = (found) => {
    breach ??= found;
  };
  const { selections } = definition.selectionSet;
  const term = sum([
    compileSelections(selections, root, []),
    operation.kind === 'mutation' ? mutationCost * selections.length : 0,
  ]);
  return (variables) => {
    breach = undefined;
    const cost = Math.min(evaluate(term, variables), Number.MAX_SAFE_INTEGER);
    return { cost, breach };
  };

  function compileSelections(
    selections: readonly SelectionNode[],
    type: GraphQLCompositeType,
    sized: readonly SizedField[],
  ): Term {
    const scope = possibleTypes(schema, type);
    const fields: Selected[] = [];
    flatten(selections, type, scope, fields);
    const costs = fields.map((field) => ({ scope: field.scope, cost: compileField(field, sized) }));
    const common = costs.filter((each) => each.scope.size === scope.size);
    const particular = costs.filter((each) => each.scope.size < scope.size);
    const cases = new Map<string, Term>();
    for (const name of particular.length === 0 ? [] : scope) {
      const own = particular.filter((each) => each.scope.has(name));
      const key = own.map((each) => particular.indexOf(each)).join();
      if (!cases.has(key)) cases.set(key, sum(own.map(({ cost }) => cost)));
    }
    return sum([...common.map(({ cost }) => cost), max([...cases.values()])]);
  }

  function flatten(
    selections: readonly SelectionNode[],
    parent: GraphQLCompositeType,
    scope: ReadonlySet<string>,
    fields: Selected[],
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD && !selection.name.value.startsWith('__'))
        fields.push({ node: selection, parent, scope });
      if (selection.kind !== Kind.INLINE_FRAGMENT) continue;
      const name = selection.typeCondition?.name.value;
      const condition = name === undefined ? parent : schema.getType(name);
      if (!isCompositeType(condition)) continue;
      const inner = condition === parent ? scope : scope.intersection(possibleTypes(schema, condition));
      flatten(selection.selectionSet.selections, condition, inner, fields);
    }
  }

  function compileField({ node, parent, scope }: Selected, sizedByParent: readonly SizedField[]): Term {
    const name = node.name.value;
    const field = schema.getField(parent, name);
    if (field === undefined) return 0;
    const definitions = definitionsOf(name, scope);
    const weight = Math.max(rules.ownWeight(field) ?? 0, ...definitions.map(rules.fieldWeight));
    const ofArguments = max([field, ...definitions].map((definition) => compileArguments(definition, node)));
    const { count, sized } = compileCount(node, field, definitions, parent, sizedByParent);
    const type = getNamedType(field.type);
    const children =
      node.selectionSet === undefined || !isCompositeType(type)
        ? 0
        : compileSelections(node.selectionSet.selections, type, sized);
    const own = sum([product([count, weight]), ofArguments]);
    return sum([max([own, 0]), product([count, children])]);
  }

  /** The field as the object types of the scope have it. */
  function definitionsOf(name: string, scope: ReadonlySet<string>): readonly Field[] {
    const distinct = new Map<string, Field>();
    for (const typeName of scope) {
      const type = schema.getType(typeName);
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      if (field === undefined) continue;
      const inputs = field.args.map(rules.inputWeight);
      const key = JSON.stringify([rules.fieldWeight(field), rules.listSize(field) ?? null, inputs]);
      distinct.set(key, field);
    }
    return [...distinct.values()];
  }

  function compileArguments(field: Field, node: FieldNode): Term {
    const terms = field.args.map((argument): Term => {
      const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
      if (given === undefined) return 0;
      const read = compileValue(given);
      const isOpen = given.kind === Kind.VARIABLE || given.kind === Kind.LIST || given.kind === Kind.OBJECT;
      return isOpen ? (variables) => inputCost(rules, argument, read(variables)) : inputCost(rules, argument, read({}));
    });
    return sum(terms);
  }

  /** How many values the field has for each object, and the lengths that it sets for lists below. */
  function compileCount(
    node: FieldNode,
    field: Field,
    definitions: readonly Field[],
    parent: GraphQLCompositeType,
    sizedByParent: readonly SizedField[],
  ): { readonly count: Term; readonly sized: readonly SizedField[] } {
    const name = node.name.value;
    const lists = countLists(field.type);
    const coordinate = `${parent.name}.${name}`;
    const own: Term[] = [];
    const sized: SizedField[] = [];
    for (const definition of definitions) {
      const size = rules.listSize(definition) ?? rules.listSize(field);
      const length = size && compileLength(size, coordinate, definition, node, rules, onBreach);
      for (const path of size?.sizedFields ?? []) if (length !== undefined) sized.push({ path, length });
      own.push(length !== undefined && size?.sizedFields.length === 0 ? length : rules.defaultListSize);
    }
    const inherited: Term[] = [];
    for (const { path, length } of sizedByParent) {
      if (path[0] !== name) continue;
      if (path.length === 1) inherited.push(length);
      else sized.push({ path: path.slice(1), length });
    }
    if (lists === 0) return { count: 1, sized };
    const inner = rules.defaultListSize ** (lists - 1);
    return { count: product([max(inherited.length > 0 ? inherited : own), inner]), sized };
  }
}

function countLists(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + countLists(nullable.ofType) : 0;
}

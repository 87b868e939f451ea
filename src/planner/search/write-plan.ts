import type {
  BatchFetchNode,
  EntityBatchAlias,
  FetchNode,
  InputRewrite,
  OutputRewrite,
  PlanNode,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import type { OperationTypeNode } from 'graphql';
import type { EntityPart, FetchUnit } from './fetch-unit.ts';
import { SelectionPrinter } from './print-selection.ts';
import { settleAliases } from './settle-aliases.ts';

/** The types of the client's variables, by name. */
export type VariableTypes = ReadonlyMap<string, string>;

/** The entities of one list of representations. */
type EntityList = Omit<EntityBatchAlias, 'alias' | 'representationsVariableName'> & {
  /** `{…}` of `_entities`. */
  readonly selectionText: string;
  readonly variables: ReadonlySet<string>;
};

/** The plan of fetches: stage by stage, and in each stage one request for each subgraph. */
export function writePlan(
  units: readonly FetchUnit[],
  kind: OperationTypeNode,
  variableTypes: VariableTypes,
): PlanNode | undefined {
  const stages = new Map<number, Map<string, FetchUnit[]>>();
  for (const unit of units) {
    const bySubgraph = stages.get(unit.stage) ?? new Map<string, FetchUnit[]>();
    stages.set(unit.stage, bySubgraph);
    bySubgraph.set(unit.subgraph, [...(bySubgraph.get(unit.subgraph) ?? []), unit]);
  }
  const nodes = [...stages]
    .toSorted(([left], [right]) => left - right)
    .map(([, bySubgraph]): PlanNode => {
      const fetches = [...bySubgraph].flatMap(([subgraph, together]) =>
        writeFetches(subgraph, together, kind, variableTypes),
      );
      return inOne('Parallel', fetches);
    });
  return nodes.length === 0 ? undefined : inOne('Sequence', nodes);
}

/** @param nodes at least one. */
export function inOne(kind: 'Sequence' | 'Parallel', nodes: readonly PlanNode[]): PlanNode {
  const [only] = nodes;
  return only !== undefined && nodes.length === 1 ? only : { kind, nodes: [...nodes] };
}

function writeFetches(
  subgraph: string,
  units: readonly FetchUnit[],
  kind: OperationTypeNode,
  variableTypes: VariableTypes,
): readonly PlanNode[] {
  const roots = units
    .filter(({ entities }) => entities === undefined)
    .map((unit): PlanNode => {
      const fetch = writeRoot(unit, kind, variableTypes);
      return kind === 'subscription' ? { kind: 'Subscription', primary: fetch } : fetch;
    });
  const lists = mergeLists(
    units.flatMap(({ entities, ...unit }) => (entities === undefined ? [] : writeLists({ ...unit, entities }))),
  );
  const [first] = lists;
  if (first === undefined) return roots;
  const [path] = first.paths;
  const isPlain = lists.length === 1 && first.paths.length === 1 && !first.variables.has('representations');
  if (!isPlain || path === undefined) return [...roots, writeBatch(subgraph, lists, variableTypes)];
  const { requires, inputRewrites, outputRewrites } = first;
  const fetch: FetchNode = {
    kind: 'Fetch',
    serviceName: subgraph,
    operationKind: 'query',
    ...usages(first.variables),
    operation: `query(${declare(first.variables, ['$representations:[_Any!]!'], variableTypes)}){_entities(representations:$representations)${first.selectionText}}`,
    requires,
    ...(inputRewrites !== undefined && { inputRewrites }),
    ...(outputRewrites !== undefined && { outputRewrites }),
  };
  return [...roots, { kind: 'Flatten', path, node: fetch }];
}

function writeRoot(
  { subgraph, selection }: FetchUnit,
  kind: OperationTypeNode,
  variableTypes: VariableTypes,
): FetchNode {
  const outputRewrites = settleAliases(selection);
  const printer = new SelectionPrinter();
  const text = printer.print(selection);
  const declared = declare(printer.variables, [], variableTypes);
  const head = declared === '' ? (kind === 'query' ? '' : kind) : `${kind}(${declared})`;
  return {
    kind: 'Fetch',
    serviceName: subgraph,
    operationKind: kind,
    ...usages(printer.variables),
    operation: `${head}${text}`,
    ...(outputRewrites.length > 0 && { outputRewrites: [...outputRewrites] }),
  };
}

function writeBatch(subgraph: string, lists: readonly EntityList[], variableTypes: VariableTypes): BatchFetchNode {
  const variables = new Set(lists.flatMap((list) => [...list.variables]));
  const declared = declare(
    variables,
    lists.map((_, at) => `$__batch_reps_${at}:[_Any!]!`),
    variableTypes,
  );
  const fields = lists.map(
    ({ selectionText }, at) => `_e${at}:_entities(representations:$__batch_reps_${at})${selectionText}`,
  );
  return {
    kind: 'BatchFetch',
    serviceName: subgraph,
    operationKind: 'query',
    ...usages(variables),
    operation: `query(${declared}){${fields.join(' ')}}`,
    entityBatch: {
      aliases: lists.map(({ selectionText: _, variables: __, ...list }, at) => ({
        alias: `_e${at}`,
        representationsVariableName: `__batch_reps_${at}`,
        ...list,
      })),
    },
  };
}

/** Mostly one list; several where a subgraph knows objects of different types by one interface, and is asked differently of them. */
function writeLists({
  entities,
  selection,
}: Pick<FetchUnit, 'selection'> & { readonly entities: EntityPart }): readonly EntityList[] {
  const { place, asInterface, isTyped, requires } = entities;
  const rewrites = settleAliases(selection);
  const write = (types: readonly string[], printer: SelectionPrinter, selectionText: string): EntityList => ({
    paths: [[...place.path]],
    requires: types.map(
      (type): RequiresSelection => ({
        kind: 'InlineFragment',
        typeCondition: type,
        selections: requires.get(type) ?? [],
      }),
    ),
    ...(asInterface !== undefined && { inputRewrites: types.map((type) => representAs(type, asInterface)) }),
    ...(rewrites.length > 0 && { outputRewrites: [...rewrites] as OutputRewrite[] }),
    selectionText,
    variables: printer.variables,
  });
  if (asInterface === undefined) {
    const printer = new SelectionPrinter();
    const types = [...requires.keys()];
    return [
      write(types, printer, `{${types.map((type) => `...on ${type}${printer.printFor(selection, type)}`).join(' ')}}`),
    ];
  }
  if (!isTyped) {
    const printer = new SelectionPrinter();
    return [write([asInterface], printer, `{...on ${asInterface}${printer.print(selection)}}`)];
  }
  const byText = new Map<string, { readonly types: string[]; readonly printer: SelectionPrinter }>();
  for (const type of requires.keys()) {
    const printer = new SelectionPrinter();
    const text = printer.printFor(selection, type);
    const known = byText.get(text);
    if (known === undefined) byText.set(text, { types: [type], printer });
    else known.types.push(type);
  }
  return [...byText].map(([text, { types, printer }]) => write(types, printer, `{...on ${asInterface}${text}}`));
}

/** Lists that differ only in the places of their objects become one. */
function mergeLists(lists: readonly EntityList[]): readonly EntityList[] {
  const merged = new Map<string, EntityList>();
  for (const list of lists) {
    const identity = JSON.stringify({ ...list, paths: undefined });
    const known = merged.get(identity);
    merged.set(identity, known === undefined ? list : { ...known, paths: [...known.paths, ...list.paths] });
  }
  return [...merged.values()];
}

function representAs(type: string, asInterface: string): InputRewrite {
  return { ValueSetter: { path: [{ TypenameEquals: [type] }, { Key: '__typename' }], setValueTo: asInterface } };
}

function usages(variables: ReadonlySet<string>): { variableUsages?: string[] } {
  return variables.size === 0 ? {} : { variableUsages: [...variables] };
}

function declare(variables: ReadonlySet<string>, before: readonly string[], variableTypes: VariableTypes): string {
  return [...before, ...[...variables].map((name) => `$${name}:${variableTypes.get(name)}`)].join(',');
}

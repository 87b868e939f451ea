import type {
  BatchFetchNode,
  FetchNode,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { parse, print } from 'graphql';

/** The plan in the indented form that federation tools show. */
export function printPlan(plan: QueryPlan): string {
  const lines = plan.node === undefined ? [] : writeNode(plan.node);
  return ['QueryPlan {', ...indent(lines), '}'].join('\n');
}

function writeNode(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return [`${node.kind} {`, ...indent(node.nodes.flatMap(writeNode)), '},'];
    case 'Flatten':
      return [`Flatten(path: "${printPath(node.path)}") {`, ...indent(writeNode(node.node)), '},'];
    case 'Fetch':
      return writeFetch(node);
    case 'BatchFetch':
      return writeBatchFetch(node);
    case 'Condition':
      return [
        `Condition(if: "$${node.condition}") {`,
        ...indent(node.ifClause === undefined ? [] : ['Then {', ...indent(writeNode(node.ifClause)), '},']),
        ...indent(node.elseClause === undefined ? [] : ['Else {', ...indent(writeNode(node.elseClause)), '},']),
        '},',
      ];
    case 'Subscription':
      return ['Subscription {', ...indent(writeFetch(node.primary)), '},'];
    case 'Defer':
      return [
        'Defer {',
        ...indent(['Primary {', ...indent(node.primary.node === undefined ? [] : writeNode(node.primary.node)), '},']),
        ...node.deferred.flatMap(({ queryPath, node: deferred }) =>
          indent([
            `Deferred(path: "${queryPath.join('.')}") {`,
            ...indent(deferred === undefined ? [] : writeNode(deferred)),
            '},',
          ]),
        ),
        '},',
      ];
  }
}

function writeFetch(node: FetchNode): readonly string[] {
  const requires = node.requires === undefined ? [] : ['{', ...indent(node.requires.flatMap(writeRequires)), '} =>'];
  return [
    `Fetch(service: "${node.serviceName}") {`,
    ...indent([
      ...requires,
      ...operationLines(node.operation),
      ...writeRewrites(node.inputRewrites, node.outputRewrites),
    ]),
    '},',
  ];
}

function writeBatchFetch(node: BatchFetchNode): readonly string[] {
  const aliases = node.entityBatch.aliases.flatMap((alias) => [
    `${alias.alias}(paths: [${alias.paths.map((path) => `"${printPath(path)}"`).join(', ')}]) {`,
    ...indent(alias.requires.flatMap(writeRequires)),
    ...indent(writeRewrites(alias.inputRewrites, alias.outputRewrites)),
    '},',
  ]);
  return [
    `BatchFetch(service: "${node.serviceName}") {`,
    ...indent(['{', ...indent(aliases), '} =>', ...operationLines(node.operation)]),
    '},',
  ];
}

function writeRequires(selection: RequiresSelection): readonly string[] {
  switch (selection.kind) {
    case 'Field': {
      const name = selection.alias === undefined ? selection.name : `${selection.alias}: ${selection.name}`;
      if (selection.selections === undefined || selection.selections.length === 0) return [name];
      return [`${name} {`, ...indent(selection.selections.flatMap(writeRequires)), '}'];
    }
    case 'InlineFragment':
      return [`... on ${selection.typeCondition} {`, ...indent(selection.selections.flatMap(writeRequires)), '}'];
    case 'FragmentSpread':
      return [`...${selection.value}`];
  }
}

function writeRewrites(...lists: readonly (readonly FetchRewrite[] | undefined)[]): readonly string[] {
  const [input, output] = lists.map((list) => list ?? []);
  return [
    ...(input ?? []).map((rewrite) => `input rewrite ${JSON.stringify(rewrite)}`),
    ...(output ?? []).map((rewrite) => `output rewrite ${JSON.stringify(rewrite)}`),
  ];
}

function operationLines(operation: string): readonly string[] {
  return print(parse(operation)).split('\n');
}

/** `users.@.pet|[Cat].name`: `@` for the items of a list, `|[…]` for a condition on the type. */
export function printPath(path: readonly FlattenNodePathSegment[]): string {
  return path
    .map((segment) => {
      if (segment === '@') return '.@';
      return 'Field' in segment ? `.${segment.Field}` : `|[${segment.TypeCondition.join(', ')}]`;
    })
    .join('')
    .replace(/^\./, '');
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? line : `  ${line}`));
}

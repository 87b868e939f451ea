import type { PlanNode, QueryPlan } from '@graphql-hive/router-query-planner';
import { printPath } from './print-plan.ts';

interface Ends {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** The plan as a mermaid flowchart: one box per subgraph request, arrows from what it waits for. */
export function drawPlan(plan: QueryPlan): string {
  const lines: string[] = [];
  let count = 0;

  function box(title: string, where: string): Ends {
    const id = `n${count}`;
    count += 1;
    lines.push(`  ${id}["${escapeText(title)}${where === '' ? '' : `<br/>${escapeText(where)}`}"]`);
    return { first: [id], last: [id] };
  }

  function draw(node: PlanNode, where: string): Ends {
    switch (node.kind) {
      case 'Fetch':
        return box(node.serviceName, where);
      case 'BatchFetch':
        return box(node.serviceName, node.entityBatch.aliases.flatMap(({ paths }) => paths.map(printPath)).join(', '));
      case 'Flatten':
        return draw(node.node, printPath(node.path));
      case 'Parallel':
        return join(node.nodes.map((child) => draw(child, where)));
      case 'Sequence':
        return node.nodes
          .map((child) => draw(child, where))
          .reduce((before, after) => {
            for (const from of before.last) for (const to of after.first) lines.push(`  ${from} --> ${to}`);
            return { first: before.first, last: after.last };
          });
      case 'Condition':
        return join(
          [node.ifClause, node.elseClause].flatMap((clause) =>
            clause === undefined ? [] : [draw(clause, `if $${node.condition}`)],
          ),
        );
      case 'Subscription':
        return draw(node.primary, 'subscription');
      case 'Defer':
        return join(
          [node.primary.node, ...node.deferred.map((part) => part.node)].flatMap((part) =>
            part === undefined ? [] : [draw(part, where)],
          ),
        );
    }
  }

  if (plan.node !== undefined) draw(plan.node, '');
  return ['flowchart TD', ...lines].join('\n');
}

function join(ends: readonly Ends[]): Ends {
  return { first: ends.flatMap(({ first }) => first), last: ends.flatMap(({ last }) => last) };
}

function escapeText(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;');
}

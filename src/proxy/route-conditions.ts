import type { RouteConfig } from '../config/config.ts';
import { compileLinearPattern } from '../config/linear-pattern.ts';
import type { RequestHead } from '../edge/edge.ts';

type Condition = RouteConfig['match']['headers'][string];

/** Whether listener, headers and query of a request are those that a route wants; `undefined`: it wants none. */
export type Conditions = ((head: RequestHead) => boolean) | undefined;

export function compileConditions({ listeners, headers, query }: RouteConfig['match']): Conditions {
  const ofHeaders = Object.entries(headers).map(([name, condition]) => {
    const holds = compileCondition(condition);
    const key = name.toLowerCase();
    return (head: RequestHead) => holds(head.headers[key]);
  });
  const ofQuery = Object.entries(query).map(([name, condition]) => [name, compileCondition(condition)] as const);
  if (listeners === undefined && ofHeaders.length === 0 && ofQuery.length === 0) return undefined;
  return (head) => {
    if (listeners !== undefined && (head.listener === undefined || !listeners.includes(head.listener))) return false;
    for (const holds of ofHeaders) if (!holds(head)) return false;
    if (ofQuery.length === 0) return true;
    const parameters = new URLSearchParams(head.query);
    // Of a repeated parameter the first counts, as in the Gateway API.
    return ofQuery.every(([name, holds]) => holds(parameters.get(name) ?? undefined));
  };
}

function compileCondition(condition: Condition): (value: string | undefined) => boolean {
  if (typeof condition === 'boolean') return (value) => (value !== undefined) === condition;
  if (typeof condition === 'string') return (value) => value === condition;
  const pattern = compileLinearPattern(condition.regex);
  return (value) => value !== undefined && pattern.test(value);
}

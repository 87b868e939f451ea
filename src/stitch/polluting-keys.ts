import { type DocumentNode, type GraphQLFormattedError, Kind, visit } from 'graphql';
import type { EngineResponse } from '../planner/engine.ts';
import type { Operation } from '../planner/operation.ts';

/** Response keys that delegation leaves out of merged objects, to be safe from prototype pollution. */
const POLLUTING = /\b(?:__proto__|constructor|prototype)\b/;

/** A document that may be delegated, and what undoes the difference in its response. */
export interface Delegable {
  readonly document: DocumentNode;
  restore(response: EngineResponse): EngineResponse;
}

const delegables = new WeakMap<DocumentNode, Delegable>();

/** Gives fields whose response key is `__proto__`, `constructor` or `prototype` another one, where an operation has any. */
export function toDelegable({ document, text }: Pick<Operation, 'document' | 'text'>): Delegable {
  let delegable = delegables.get(document);
  if (delegable === undefined) {
    delegable = POLLUTING.test(text) ? rename(document, text) : { document, restore: (response) => response };
    delegables.set(document, delegable);
  }
  return delegable;
}

function rename(document: DocumentNode, text: string): Delegable {
  let prefix = 'renamed_';
  while (text.includes(prefix)) prefix = `_${prefix}`;
  const renamed = visit(document, {
    Field(node) {
      const key = (node.alias ?? node.name).value;
      return POLLUTING.test(key) ? { ...node, alias: { kind: Kind.NAME, value: `${prefix}${key}` } } : undefined;
    },
  });
  const original = (key: string) => (key.startsWith(prefix) ? key.slice(prefix.length) : key);

  function restoreValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(restoreValue);
    if (typeof value !== 'object' || value === null) return value;
    // fromEntries defines keys instead of assigning them: `__proto__` becomes data.
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [original(key), restoreValue(item)]));
  }
  const restorePath = (error: GraphQLFormattedError): GraphQLFormattedError =>
    error.path === undefined
      ? error
      : { ...error, path: error.path.map((segment) => (typeof segment === 'string' ? original(segment) : segment)) };

  return {
    document: renamed,
    restore(response) {
      if (!('data' in response)) return response;
      const data = restoreValue(response.data) as Record<string, unknown> | null;
      return response.errors === undefined ? { data } : { data, errors: response.errors.map(restorePath) };
    },
  };
}

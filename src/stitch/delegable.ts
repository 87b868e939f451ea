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

type DelegableOperation = Pick<Operation, 'document' | 'text'> & Partial<Pick<Operation, 'privateAlias'>>;

const delegables = new WeakMap<DocumentNode, Delegable>();

/**
 * Gives fields whose response key is `__proto__`, `constructor` or `prototype` another one, where an operation has any.
 * The response is restored to the client's keys, and has nothing under the private alias.
 */
export function toDelegable(operation: DelegableOperation): Delegable {
  let delegable = delegables.get(operation.document);
  if (delegable === undefined) {
    delegable = makeDelegable(operation);
    delegables.set(operation.document, delegable);
  }
  return delegable;
}

function makeDelegable({ document, text, privateAlias }: DelegableOperation): Delegable {
  if (!POLLUTING.test(text)) {
    if (privateAlias === undefined) return { document, restore: (response) => response };
    return { document, restore: restoreKeys((key) => (key === privateAlias ? undefined : key)) };
  }
  let prefix = 'renamed_';
  while (text.includes(prefix)) prefix = `_${prefix}`;
  const renamed = visit(document, {
    Field(node) {
      const key = (node.alias ?? node.name).value;
      return POLLUTING.test(key) ? { ...node, alias: { kind: Kind.NAME, value: `${prefix}${key}` } } : undefined;
    },
  });
  const restore = restoreKeys((key) => {
    if (key === privateAlias) return undefined;
    return key.startsWith(prefix) ? key.slice(prefix.length) : key;
  });
  return { document: renamed, restore };
}

/** @param original gives the client's key; `undefined`: none. */
function restoreKeys(original: (key: string) => string | undefined): (response: EngineResponse) => EngineResponse {
  function restoreValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(restoreValue);
    if (typeof value !== 'object' || value === null) return value;
    // fromEntries defines keys instead of assigning them: `__proto__` becomes data.
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const restored = original(key);
        return restored === undefined ? [] : [[restored, restoreValue(item)]];
      }),
    );
  }
  const restorePath = (error: GraphQLFormattedError): GraphQLFormattedError =>
    error.path === undefined
      ? error
      : {
          ...error,
          path: error.path.flatMap((segment) => (typeof segment === 'string' ? (original(segment) ?? []) : segment)),
        };

  return (response) => {
    if (!('data' in response)) return response;
    const data = restoreValue(response.data) as Record<string, unknown> | null;
    return response.errors === undefined ? { data } : { data, errors: response.errors.map(restorePath) };
  };
}

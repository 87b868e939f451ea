import { type DocumentNode, type FieldNode, type GraphQLFormattedError, Kind, visit } from 'graphql';
import type { EngineResponse } from '../planner/engine.ts';
import type { Operation } from '../planner/operation.ts';
import { collectCoordinates } from '../supergraph/schema-coordinates.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { indexJoins } from './join-index.ts';
import { narrowConditions } from './narrow-conditions.ts';
import { findUncommonFields } from './uncommon-members.ts';

/** A document that can be delegated, and what undoes the difference in its response. */
export interface DelegableDocument {
  readonly document: DocumentNode;
  restore(response: EngineResponse): EngineResponse;
}

/** Response keys that delegation leaves out of merged objects, to be safe from prototype pollution. */
const POLLUTING: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Makes documents fit for delegation. Done once for each document object.
 *
 * - Delegation adds key and required fields under their own names: an alias that is the name of another field
 *   (`id: email`) would clash with them or be taken for them. Such aliases, and response keys that delegation drops,
 *   are replaced by others.
 * - Fields that must not be asked for (see {@link findUncommonFields}) are replaced by `__typename`, and null in the end.
 * - Type conditions that a subgraph may not know are written as conditions on object types (see {@link narrowConditions}).
 * - What stands under the operation's private alias is left out of the answer.
 */
export function createDelegableDocuments(
  supergraph: Supergraph,
): (operation: Pick<Operation, 'document' | 'privateAlias'>) => DelegableDocument {
  const delegables = new WeakMap<DocumentNode, DelegableDocument>();
  const joins = indexJoins(supergraph);
  const fieldNames = new Set<string>();
  for (const coordinate of collectCoordinates(supergraph.document).keys()) {
    fieldNames.add(coordinate.slice(coordinate.indexOf('.') + 1));
  }
  function isTaken({ name, alias }: FieldNode): boolean {
    const key = (alias ?? name).value;
    return POLLUTING.has(key) || (key !== name.value && (fieldNames.has(key) || key === '__typename'));
  }

  return ({ document, privateAlias }) => {
    let delegable = delegables.get(document);
    if (delegable === undefined) {
      const narrowed = narrowConditions(supergraph.apiSchema, document);
      const uncommon = findUncommonFields(supergraph.apiSchema, joins, narrowed);
      delegable = replaceFields(narrowed, isTaken, uncommon, privateAlias);
      delegables.set(document, delegable);
    }
    return delegable;
  };
}

function replaceFields(
  document: DocumentNode,
  isTaken: (field: FieldNode) => boolean,
  uncommon: ReadonlySet<FieldNode>,
  privateAlias: string | undefined,
): DelegableDocument {
  const keys = new Set<string>();
  let hasTaken = uncommon.size > 0 || privateAlias !== undefined;
  visit(document, {
    Field(node) {
      keys.add((node.alias ?? node.name).value);
      hasTaken ||= isTaken(node);
    },
  });
  if (!hasTaken) return { document, restore: (response) => response };

  const renamed = freePrefix('renamed_', keys);
  const nulled = freePrefix('nulled_', keys);
  const original = (key: string) =>
    key.startsWith(renamed) ? key.slice(renamed.length) : key.startsWith(nulled) ? key.slice(nulled.length) : key;

  function restoreValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(restoreValue);
    if (typeof value !== 'object' || value === null) return value;
    // fromEntries defines keys instead of assigning them: `__proto__` becomes data.
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== privateAlias)
        .map(([key, item]) => [original(key), key.startsWith(nulled) ? null : restoreValue(item)]),
    );
  }
  const restorePath = (error: GraphQLFormattedError): GraphQLFormattedError =>
    error.path === undefined
      ? error
      : { ...error, path: error.path.map((segment) => (typeof segment === 'string' ? original(segment) : segment)) };

  return {
    document: visit(document, {
      Field(node) {
        const key = (node.alias ?? node.name).value;
        if (uncommon.has(node)) return typenameAs(`${nulled}${key}`);
        return isTaken(node) ? { ...node, alias: { kind: Kind.NAME, value: `${renamed}${key}` } } : undefined;
      },
    }),
    restore(response) {
      if (!('data' in response)) return response;
      const data = restoreValue(response.data) as Record<string, unknown> | null;
      return response.errors === undefined ? { data } : { data, errors: response.errors.map(restorePath) };
    },
  };
}

function typenameAs(alias: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: alias },
    name: { kind: Kind.NAME, value: '__typename' },
  };
}

function freePrefix(wanted: string, keys: ReadonlySet<string>): string {
  let prefix = wanted;
  while ([...keys].some((key) => key.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}

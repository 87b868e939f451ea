import { Kind, type SelectionSetNode } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import { WeirError } from '../errors.ts';
import type { Subgraph, SubgraphError, SubgraphResult } from '../subgraphs/subgraph.ts';
import { operationOfText } from '../subgraphs/subgraph-operation.ts';

/** Where the concrete type of an interface object can be asked. */
export interface InterfaceOwner {
  readonly subgraph: Subgraph;
  /** Of the interface there, and of the interface object. */
  readonly key: SelectionSetNode;
}

type Found = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

const TYPENAMES = operationOfText(
  'query',
  undefined,
  'query($representations:[_Any!]!){_entities(representations:$representations){__typename}}',
);

/**
 * Gives the objects of a result that have the name of an interface for their type the one that the interface's owner
 * says. An object whose type the owner does not tell is null with an error (GraphQL §6.4.3).
 *
 * @param owners by interface.
 */
export async function resolveConcreteTypes(
  result: SubgraphResult,
  owners: ReadonlyMap<string, InterfaceOwner>,
  context: RequestContext,
): Promise<SubgraphResult> {
  const found: { readonly object: Found; readonly path: Path }[] = [];
  replaceObjects(result.data, owners, [], (object, path) => {
    found.push({ object, path });
    return object;
  });
  if (found.length === 0) return result;

  const types = new Map<Found, string>();
  const errors: SubgraphError[] = [];
  const ask = async ([name, { subgraph, key }]: readonly [string, InterfaceOwner]): Promise<void> => {
    const asked = found.filter(({ object }) => object.__typename === name);
    if (asked.length === 0) return;
    const representations = asked.map(({ object }) => ({ __typename: name, ...pick(object, key) }));
    const answer = await subgraph.execute({ operation: TYPENAMES, variables: { representations }, context });
    const entities = answer.data?._entities;
    for (const [index, { object, path }] of asked.entries()) {
      const type = Array.isArray(entities) ? (entities[index] as Found | null)?.__typename : undefined;
      if (typeof type === 'string') types.set(object, type);
      else errors.push({ ...errorOf(answer, index), path });
    }
  };
  await Promise.all([...owners].map(ask));
  const data = replaceObjects(result.data, owners, [], (object) => {
    const type = types.get(object);
    return type === undefined ? null : { ...object, __typename: type };
  }) as Record<string, unknown>;
  return { ...result, data, ...(errors.length > 0 && { errors: [...(result.errors ?? []), ...errors] }) };
}

/** A copy in which the objects of interfaces are replaced, outer ones first. */
function replaceObjects(
  value: unknown,
  owners: ReadonlyMap<string, InterfaceOwner>,
  path: Path,
  replace: (object: Found, path: Path) => Found | null,
): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => replaceObjects(item, owners, [...path, index], replace));
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Found;
  const replaced = owners.has(String(object.__typename)) ? replace(object, path) : object;
  if (replaced === null) return null;
  return Object.fromEntries(
    Object.entries(replaced).map(([key, item]) => [key, replaceObjects(item, owners, [...path, key], replace)]),
  );
}

function pick(object: Found, { selections }: SelectionSetNode): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const node of selections) {
    if (node.kind !== Kind.FIELD) continue;
    const value = object[node.name.value];
    picked[node.name.value] =
      node.selectionSet === undefined || typeof value !== 'object' || value === null
        ? value
        : pick(value as Found, node.selectionSet);
  }
  return picked;
}

/** Why the entity of that index has no type. */
function errorOf({ errors = [] }: SubgraphResult, index: number): SubgraphError {
  const own = errors.find(({ path }) => path?.[0] === '_entities' && path[1] === index);
  return own ?? errors.find(({ path }) => typeof path?.[1] !== 'number') ?? unusable();
}

function unusable(): SubgraphError {
  const cause = new WeirError('UPSTREAM_BAD_RESPONSE');
  return { message: cause.message, cause };
}

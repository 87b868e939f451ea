import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { type ConnectorGraph, parentFields, reachableFields } from '../connector-graph.ts';
import type { KeyTree } from '../entity-key.ts';
import { printKey } from '../entity-key.ts';
import type { ProblemList } from '../problem-list.ts';
import { declaredKeys, externalFields } from '../subgraph-sdl.ts';
import type { SelectedFields } from './check-selection.ts';

/** Tells fields that no connector could ever give, wherever their object comes from. */
export function checkCoverage(
  document: DocumentNode,
  graph: ConnectorGraph,
  selected: SelectedFields,
  problems: ProblemList,
): void {
  const { schema } = graph;
  const subscription = schema.getSubscriptionType();
  if (subscription) {
    problems.add(
      subscription.astNode ?? undefined,
      'Connectors have no subscriptions',
      `Remove type ${subscription.name}`,
    );
  }
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const cyclic = checkCycles(graph, problems);
  const keys = declaredKeys(document);
  const external = externalFields(document);
  const keyFields = new Set(keys.flatMap(({ typeName, key }) => keyCoordinates(schema, typeName, key)));
  const given = selected.fields.union(keyFields).union(external);
  const isOpen = reachableTypes(schema, selected.openTypes);
  const neverGiven = new Set<string>();

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_') || type === subscription) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const hasConnector = graph.byField.has(coordinate);
      if (hasConnector || field.name.startsWith('_')) continue;
      if (roots.includes(type)) {
        problems.add(field.astNode ?? undefined, `${coordinate} has no connector`, 'Add @connect(…) to it');
      } else if (field.args.length > 0) {
        neverGiven.add(coordinate);
        problems.add(
          field.astNode ?? undefined,
          `${coordinate} has arguments that nothing reads`,
          'Add @connect(…) to it that uses $args, or remove the arguments',
        );
      } else if (!isOpen.has(type.name) && !given.has(coordinate)) {
        neverGiven.add(coordinate);
        problems.add(
          field.astNode ?? undefined,
          `No connector selects ${coordinate}`,
          `Add "${field.name}" to a selection that gives ${type.name}, or add @connect(…) to the field`,
        );
      }
    }
  }
  for (const { connector, offset, typeName, field } of selected.lacks) {
    const coordinate = `${typeName}.${field}`;
    if (neverGiven.has(coordinate) || external.has(coordinate) || cyclic.has(coordinate)) continue;
    problems.addInString(
      connector.selectionNode,
      offset,
      `${connector.coordinate} gives ${typeName} without "${field}", and nothing can fetch it afterwards`,
      `Add "${field}" to the selection, or select the key of a connector that finds ${typeName}`,
    );
  }
  for (const { typeName, key, isResolvable, directive } of keys) {
    const type = schema.getType(typeName);
    if (!isResolvable || !isObjectType(type)) continue;
    const externals = Object.keys(type.getFields()).filter((name) => external.has(`${typeName}.${name}`));
    const externalTree = externals.map((name) => [name, new Map() as KeyTree] as const);
    const reached = reachableFields(graph, typeName, new Map<string, KeyTree>([...externalTree, ...key]));
    const missing = Object.keys(type.getFields()).filter(
      (name) => !reached.has(name) && !neverGiven.has(`${typeName}.${name}`),
    );
    if (missing.length === 0) continue;
    problems.add(
      directive,
      `Nothing finds ${missing.map((name) => `${typeName}.${name}`).join(', ')} by the key "${printKey(key)}"`,
      'Add a connector with "entity: true" and the key as its arguments, or "resolvable: false" to the @key',
    );
  }
}

/** The fields of a key and of the objects within it: a representation brings them. */
function keyCoordinates(schema: GraphQLSchema, typeName: string, key: KeyTree): string[] {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) ? type.getFields() : {};
  return [...key].flatMap(([name, inner]) => {
    const field = fields[name];
    const within = field === undefined ? [] : keyCoordinates(schema, getNamedType(field.type).name, inner);
    return [`${typeName}.${name}`, ...within];
  });
}

/** The types of all objects that may lie within objects of these types. */
function reachableTypes(schema: GraphQLSchema, names: ReadonlySet<string>): Set<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const type = schema.getType(name);
    if (reached.has(name) || !isCompositeType(type)) return;
    reached.add(name);
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible.name);
    if ('getFields' in type) for (const field of Object.values(type.getFields())) visit(getNamedType(field.type).name);
  };
  for (const name of names) visit(name);
  return reached;
}

/** Fields whose connectors wait for each other, or for themselves. */
function checkCycles(graph: ConnectorGraph, problems: ProblemList): Set<string> {
  const cyclic = new Set<string>();
  const visit = (coordinate: string, path: readonly string[]): void => {
    const connector = graph.byField.get(coordinate);
    if (connector === undefined || cyclic.has(coordinate)) return;
    const start = path.indexOf(coordinate);
    if (start !== -1) {
      const cycle = path.slice(start);
      for (const member of cycle) cyclic.add(member);
      const first = graph.byField.get(cycle[0] as string);
      problems.add(
        first?.directive,
        `The connectors of ${[...cycle, coordinate].join(' → ')} wait for each other`,
        'Read a field of $this that comes from elsewhere',
      );
      return;
    }
    for (const name of parentFields(connector)) visit(`${connector.typeName}.${name}`, [...path, coordinate]);
  };
  for (const coordinate of graph.byField.keys()) visit(coordinate, []);
  return cyclic;
}

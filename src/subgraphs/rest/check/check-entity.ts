import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import { suggestName } from '../../suggest-name.ts';
import type { Connector } from '../connector.ts';
import type { ConnectorGraph } from '../connector-graph.ts';
import { argumentOf } from '../directive-values.ts';
import { keyTreeOf } from '../entity-key.ts';
import type { ProblemList } from '../problem-list.ts';

/** Tells connectors that claim to find entities and cannot. */
export function checkEntity(connector: Connector, graph: ConnectorGraph, problems: ProblemList): void {
  if (connector.fieldName === undefined) checkTypeConnector(connector, graph, problems);
  else if (connector.isEntity) checkEntityField(connector, connector.fieldName, graph, problems);
}

function checkTypeConnector(connector: Connector, graph: ConnectorGraph, problems: ProblemList): void {
  const { coordinate, directive, typeName } = connector;
  const entityNode = argumentOf(directive, 'entity');
  if (entityNode?.kind === Kind.BOOLEAN && !entityNode.value) {
    problems.add(entityNode, `${coordinate} stands on a type and so always finds entities`, 'Remove "entity: false"');
  }
  const [entity] = graph.entities.get(typeName)?.filter((item) => item.connector === connector) ?? [];
  if (entity === undefined) {
    problems.add(
      directive,
      `${coordinate} does not say which ${typeName} to find`,
      'Read the key of the object, such as $this.id, or $batch.id for many at once',
    );
    return;
  }
  if (entity.keyVariable !== '$batch') return;
  for (const name of entity.key.keys()) {
    if (entity.gives(name)) continue;
    problems.addInString(
      connector.selectionNode,
      0,
      `${coordinate} asks for many objects by "${name}", but does not select "${name}", so they cannot be told apart`,
      `Add "${name}" to the selection`,
    );
  }
}

function checkEntityField(connector: Connector, fieldName: string, graph: ConnectorGraph, problems: ProblemList): void {
  const { coordinate, directive, typeName } = connector;
  const { schema } = graph;
  const entityNode = argumentOf(directive, 'entity');
  if (typeName !== schema.getQueryType()?.name) {
    problems.add(
      entityNode,
      `${coordinate} has "entity: true", but does not stand on a field of Query`,
      'Remove "entity: true"',
    );
    return;
  }
  const field = schema.getQueryType()?.getFields()[fieldName];
  if (field === undefined) return;
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (isListType(type) || !isObjectType(type)) {
    problems.add(
      entityNode,
      `${coordinate} has "entity: true", but gives ${String(field.type)}`,
      'Let the field give one object type, or remove "entity: true"',
    );
    return;
  }
  if (isNonNullType(field.type)) {
    problems.add(
      entityNode,
      `${coordinate} has "entity: true", but its type ${String(field.type)} leaves no place for "not found"`,
      `Make it ${type.name}`,
    );
  }
  if (field.args.length === 0) {
    problems.add(
      entityNode,
      `${coordinate} has "entity: true", but no arguments to find an object by`,
      'Add the key as arguments, such as (id: ID!)',
    );
    return;
  }
  checkArguments(field.args, type, coordinate, connector, problems);
  if (keyTreeOf(connector.references, '$args').size === 0) {
    problems.add(
      directive,
      `${coordinate} has "entity: true", but reads no arguments`,
      'Use the key in the request, such as {$args.id}',
    );
  }
}

/** Arguments are the key, so each must be a field of the type (composite keys: an input object for an object). */
function checkArguments(
  args: readonly (GraphQLArgument | GraphQLInputField)[],
  type: GraphQLObjectType,
  coordinate: string,
  connector: Connector,
  problems: ProblemList,
): void {
  const fields = type.getFields();
  for (const arg of args) {
    const field = Object.hasOwn(fields, arg.name) ? fields[arg.name] : undefined;
    const node = arg.astNode ?? connector.directive;
    if (field === undefined) {
      const message = `${coordinate} finds ${type.name} by "${arg.name}", which is no field of ${type.name}`;
      problems.add(node, message, suggestName(arg.name, Object.keys(fields)));
      continue;
    }
    const input = getNamedType(arg.type);
    const output = getNamedType(field.type);
    if (isInputObjectType(input) !== isObjectType(output) || (!isInputObjectType(input) && input !== output)) {
      const message = `${coordinate} finds ${type.name} by "${arg.name}: ${String(arg.type)}", but the field is ${String(field.type)}`;
      problems.add(node, message, 'Give both the same type');
    } else if (isInputObjectType(input) && isObjectType(output)) {
      checkArguments(Object.values(input.getFields()), output, coordinate, connector, problems);
    }
  }
}

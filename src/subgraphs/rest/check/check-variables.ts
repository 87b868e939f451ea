import {
  type GraphQLArgument,
  type GraphQLFieldMap,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedOutputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { isAtLeast, type SpecVersion } from '../../../mapping/spec-version.ts';
import { suggestName } from '../../suggest-name.ts';
import type { Connector } from '../connector.ts';
import type { ConnectorReference } from '../connector-text.ts';
import type { ProblemList } from '../problem-list.ts';

/** Variables of the specification: whether there must be an answer already, and the version that brought them. */
const VARIABLES: Readonly<Record<string, { readonly needsAnswer: boolean; readonly since: SpecVersion }>> = {
  $args: { needsAnswer: false, since: '0.1' },
  $this: { needsAnswer: false, since: '0.1' },
  $config: { needsAnswer: false, since: '0.1' },
  $context: { needsAnswer: false, since: '0.1' },
  $env: { needsAnswer: false, since: '0.1' },
  $request: { needsAnswer: false, since: '0.2' },
  $batch: { needsAnswer: false, since: '0.2' },
  $status: { needsAnswer: true, since: '0.1' },
  $response: { needsAnswer: true, since: '0.2' },
};

/** Tells variables that a connector does not have, and keys of `$args`, `$this` and `$batch` that no argument or field has. */
export function checkVariables(
  connector: Connector,
  schema: GraphQLSchema,
  version: SpecVersion,
  problems: ProblemList,
): void {
  for (const reference of connector.references) {
    const finding = checkReference(reference, connector, schema, version);
    if (finding !== undefined) problems.addInString(reference.node, reference.offset, finding.message, finding.hint);
  }
}

interface Finding {
  readonly message: string;
  readonly hint: string;
}

function checkReference(
  { name, path, phase }: ConnectorReference,
  connector: Connector,
  schema: GraphQLSchema,
  version: SpecVersion,
): Finding | undefined {
  const { coordinate, typeName, fieldName } = connector;
  if (name === '$') {
    if (phase === 'response') return undefined;
    const key = path[0] ?? '';
    return {
      message: `${coordinate} reads "${key}" of an answer before there is one`,
      hint: `Write a variable, such as $args.${key}, or a literal as $("${key}")`,
    };
  }
  const known = VARIABLES[name];
  if (known === undefined) {
    return { message: `There is no variable "${name}"`, hint: suggestName(name, Object.keys(VARIABLES)) };
  }
  if (!isAtLeast(version, known.since)) {
    const message = `"${name}" needs connect v${known.since}, the schema links v${version}`;
    return { message, hint: `Link connect v${known.since}` };
  }
  if (known.needsAnswer && phase === 'request') {
    return { message: `"${name}" is known only once there is an answer`, hint: 'Use it in "selection" or "errors"' };
  }
  if (name === '$args') {
    if (fieldName === undefined) {
      return { message: `${coordinate} stands on a type, which has no arguments`, hint: 'Use $this or $batch' };
    }
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    return checkInputPath(path, field?.args ?? [], name, `an argument of ${typeName}.${fieldName}`);
  }
  if (name === '$batch' && fieldName !== undefined) {
    return {
      message: `"$batch" is for connectors on types, ${coordinate} stands on a field`,
      hint: 'Use $args or $this',
    };
  }
  if (name === '$this' || name === '$batch') return checkObjectPath(path, connector, schema, name);
  return undefined;
}

function checkObjectPath(
  path: readonly string[],
  { coordinate, typeName, fieldName }: Connector,
  schema: GraphQLSchema,
  variable: string,
): Finding | undefined {
  const type = schema.getType(typeName);
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
  if (isRoot) {
    return { message: `${coordinate} stands on ${typeName}, so there is no "${variable}"`, hint: 'Use $args' };
  }
  if (path.length === 0 && fieldName === undefined) {
    return {
      message: `${coordinate} reads all of "${variable}", so the key of ${typeName} is not known`,
      hint: `Write the fields of the key, such as ${variable}.id`,
    };
  }
  let current: GraphQLOutputType | undefined = isObjectType(type) ? type : undefined;
  for (const key of path) {
    const named: GraphQLNamedOutputType | undefined = current === undefined ? undefined : getNamedType(current);
    if (!isCompositeType(named) || !('getFields' in named)) return undefined;
    const fields: GraphQLFieldMap<unknown, unknown> = named.getFields();
    if (!Object.hasOwn(fields, key)) {
      return {
        message: `"${variable}.${path.join('.')}": ${named.name} has no field "${key}"`,
        hint: suggestName(key, Object.keys(fields)),
      };
    }
    current = fields[key]?.type;
  }
  return undefined;
}

function checkInputPath(
  path: readonly string[],
  args: readonly (GraphQLArgument | GraphQLInputField)[],
  variable: string,
  what: string,
): Finding | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  const arg = args.find(({ name }) => name === key);
  if (arg === undefined) {
    return {
      message: `"${variable}.${key}": "${key}" is not ${what}`,
      hint: suggestName(
        key,
        args.map(({ name }) => name),
      ),
    };
  }
  const type: GraphQLInputType = arg.type;
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return undefined;
  return checkInputPath(rest, Object.values(named.getFields()), `${variable}.${key}`, `a field of ${named.name}`);
}

import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteDocumentDefinition } from '../../config/schema/route-document.ts';
import { getOwn, isObject } from '../../mapping/json-data.ts';
import { compileMapping } from '../../mapping/mapping.ts';
import { compileVariables, type Described, type Variables } from '../route-variables.ts';
import { coerceTexts } from './coerce-texts.ts';

/** Gives the variables of an operation, for a schema. */
export interface OperationVariables {
  /** Whether it reads the body of requests. */
  readonly readsBody: boolean;
  /** @param body What JSON the request has; `undefined`: none. */
  read(exchange: Described, body: unknown, schema: GraphQLSchema): Record<string, unknown>;
}

const BY_NAME = ['$path', '$query', '$body'].map((name) => ({ name, path: [], offset: 0 }));

export function compileOperationVariables(
  operation: OperationDefinitionNode,
  definition: RouteDocumentDefinition,
): OperationVariables {
  const names = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  const mappings = names.map((name) => {
    const text = Object.hasOwn(definition.variables, name) ? definition.variables[name] : undefined;
    return [name, text === undefined ? undefined : compileMapping(text, { version: MAPPING_VERSION })] as const;
  });
  const isAllMapped = mappings.every(([, mapping]) => mapping !== undefined);
  const references = [...mappings.flatMap(([, mapping]) => mapping?.references ?? []), ...(isAllMapped ? [] : BY_NAME)];
  const readRequest = compileVariables(references);
  const typesOf = new WeakMap<GraphQLSchema, ReadonlyMap<string, GraphQLInputType>>();
  return {
    readsBody: references.some(({ name }) => name === '$body'),
    read(exchange, body, schema) {
      let types = typesOf.get(schema);
      if (types === undefined) {
        types = readTypes(operation, schema);
        typesOf.set(schema, types);
      }
      const known = readRequest(exchange);
      known.$body = body;
      const values: Record<string, unknown> = {};
      for (const [name, mapping] of mappings) {
        const value = mapping === undefined ? findByName(name, known) : mapping.evaluate(body ?? null, known);
        const type = types.get(name);
        if (value !== undefined) values[name] = type === undefined ? value : coerceTexts(value, type);
      }
      return values;
    },
  };
}

function findByName(name: string, { $path, $query, $body }: Variables): unknown {
  for (const source of [$path, $query, $body]) {
    const value = isObject(source) ? getOwn(source, name) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function readTypes(operation: OperationDefinitionNode, schema: GraphQLSchema): ReadonlyMap<string, GraphQLInputType> {
  const types = new Map<string, GraphQLInputType>();
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const found = typeFromAST(schema, type);
    if (found !== undefined && isInputType(found)) types.set(variable.name.value, found);
  }
  return types;
}

import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  printSchema,
} from 'graphql';
import { copyScalars } from './copy-scalars.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import type { Fixture, FixtureContext, FixtureResolver, Thing } from './fixture.ts';
import { createFieldResolvers, interfaceNames, selectFieldSet, typeNameOf } from './resolve-field.ts';
import { readFieldRules } from './subgraph-document.ts';

/** One server that has all of a fixture's data itself: what a gateway must not be told apart from. */
export interface Monolith {
  execute(text: string, variables: Readonly<Record<string, unknown>>, faults?: Faults): Promise<ExecutionResult>;
}

interface MonolithContext extends FixtureContext {
  readonly faults: Faults;
}

/** @param apiSchema what clients of the gateway see. */
export function buildMonolith(fixture: Fixture, apiSchema: GraphQLSchema): Monolith {
  const schema = buildSchema(printSchema(apiSchema));
  const resolveField = createRequiringResolvers(fixture, schema);
  copyScalars(fixture, schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) {
      type.resolveType = (thing, context) => typeNameOf(fixture, type.name, thing as Thing, context as FixtureContext);
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = resolveField(type.name, field.name);
      field.resolve = (source, args, context) => {
        const thing = (source ?? {}) as Thing;
        const { faults } = context as MonolithContext;
        return faults.resolve(field.name, field.type, thing, () => resolve(thing, args, context as FixtureContext));
      };
    }
  }
  return {
    async execute(text, variables, faults = NO_FAULTS) {
      fixture.reset?.();
      const contextValue: MonolithContext = { identity: fixture.identity ?? null, faults };
      return execute({ schema, document: parse(text), variableValues: variables, contextValue });
    },
  };
}

/** Resolvers that see of their source what they require of it, computed first where it is itself computed. */
function createRequiringResolvers(fixture: Fixture, schema: GraphQLSchema) {
  const fieldSets = new Map(
    Object.values(fixture.subgraphs).flatMap((sdl) =>
      [...readFieldRules(parse(sdl))].flatMap(([coordinate, { requires }]) =>
        requires === undefined ? [] : [[coordinate, requires] as const],
      ),
    ),
  );
  const resolveData = createFieldResolvers(fixture);
  const resolveField = (typeName: string, fieldName: string): FixtureResolver => {
    const type = schema.getType(typeName);
    const interfaces = isObjectType(type) ? interfaceNames(type) : [];
    const resolve = resolveData(typeName, interfaces, fieldName);
    const fieldSet = [typeName, ...interfaces].map((owner) => fieldSets.get(`${owner}.${fieldName}`)).find(Boolean);
    if (fieldSet === undefined) return resolve;
    return (thing, args, context) => {
      const required = selectFieldSet(resolveField, fieldSet, typeName, thing, context);
      return resolve({ ...thing, ...required }, args, context);
    };
  };
  return resolveField;
}

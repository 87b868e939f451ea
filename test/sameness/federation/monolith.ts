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
import type { Fixture, FixtureContext, Thing } from './fixture.ts';
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
  const requires = new Map(
    Object.values(fixture.subgraphs).flatMap((sdl) =>
      [...readFieldRules(parse(sdl))].flatMap(([coordinate, rules]) =>
        rules.requires === undefined ? [] : [[coordinate, rules.requires] as const],
      ),
    ),
  );
  const resolveField = createFieldResolvers(fixture);
  copyScalars(fixture, schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) {
      type.resolveType = (thing, context) => typeNameOf(fixture, type.name, thing as Thing, context as FixtureContext);
    }
    if (!isObjectType(type)) continue;
    const owners = [type.name, ...interfaceNames(type)];
    for (const field of Object.values(type.getFields())) {
      const resolve = resolveField(type.name, interfaceNames(type), field.name);
      const fieldSet = owners
        .map((owner) => requires.get(`${owner}.${field.name}`))
        .find((found) => found !== undefined);
      field.resolve = (source, args, context) => {
        const { faults } = context as MonolithContext;
        const thing = (source ?? {}) as Thing;
        const view =
          fieldSet === undefined
            ? thing
            : { ...thing, ...selectFieldSet(resolveField, fieldSet, type.name, thing, context as FixtureContext) };
        return faults.resolve(field.name, field.type, thing, () => resolve(view, args, context as FixtureContext));
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

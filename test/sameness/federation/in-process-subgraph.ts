import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  print,
  validate,
} from 'graphql';
import type { Subgraph, SubgraphRequest, SubgraphResult } from '../../../src/subgraphs/subgraph.ts';
import { buildSubgraphSchema } from '../../../src/subgraphs/subgraph-schema.ts';
import { copyScalars } from './copy-scalars.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import type { Fixture, FixtureContext, Thing } from './fixture.ts';
import { makeLeavesLenient } from './lenient-leaves.ts';
import { createFieldResolvers, interfaceNames, type ResolveField, typeNameOf } from './resolve-field.ts';
import { type FieldRules, readFieldRules } from './subgraph-document.ts';

/** An entity as a subgraph has it: its own data, and what the gateway says of the rest. */
class Entity {
  readonly thing: Thing;
  readonly representation: Thing;

  constructor(thing: Thing, representation: Thing) {
    this.thing = thing;
    this.representation = representation;
  }
}

export interface InProcessSubgraph extends Subgraph {
  /** What fails from now on. */
  faults: Faults;
  /** Operations that came in, as text. */
  readonly requests: string[];
}

interface Parts {
  readonly name: string;
  readonly fixture: Fixture;
  readonly resolveField: ResolveField;
  readonly rules: ReadonlyMap<string, FieldRules>;
  /** Coordinates of fields that another subgraph overrides. */
  readonly overridden: ReadonlySet<string>;
}

/**
 * A federation subgraph, executed by graphql-js over a fixture's data. It is strict: it refuses operations that its
 * schema does not allow, and fails where it is asked for a field that it does not have (`@external`, overridden) or
 * that it cannot compute since the representation lacks a required field. Leaf values pass as they are, also wrong ones.
 */
export function createInProcessSubgraph(fixture: Fixture, name: string): InProcessSubgraph {
  const sdl = fixture.subgraphs[name] ?? '';
  const document = parse(sdl);
  const schema = buildSubgraphSchema(document);
  const overridden = new Set(
    Object.values(fixture.subgraphs).flatMap((other) =>
      [...readFieldRules(parse(other))].flatMap(([coordinate, { overrides }]) =>
        overrides === name ? coordinate : [],
      ),
    ),
  );
  copyScalars(fixture, schema);
  makeLeavesLenient(schema);
  attach(
    schema,
    { name, fixture, resolveField: createFieldResolvers(fixture), rules: readFieldRules(document), overridden },
    () => subgraph.faults,
  );
  const judged = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  const subgraph: InProcessSubgraph = {
    name,
    sdl,
    url: `http://${name}.invalid/graphql`,
    faults: NO_FAULTS,
    requests: [],
    async execute({ operation, variables, context }: SubgraphRequest): Promise<SubgraphResult> {
      const text = operation.text;
      subgraph.requests.push(text);
      let errors = judged.get(operation.document);
      if (errors === undefined) {
        errors = validate(schema, operation.document);
        judged.set(operation.document, errors);
      }
      if (errors.length > 0) {
        throw new Error(`Subgraph "${name}" refuses: ${errors[0]?.message}\n${print(operation.document)}`);
      }
      const contextValue: FixtureContext = { identity: context.identity };
      const result = await execute({ schema, document: operation.document, variableValues: variables, contextValue });
      return JSON.parse(JSON.stringify(result)) as SubgraphResult;
    },
  };
  return subgraph;
}

function attach(schema: GraphQLSchema, parts: Parts, faults: () => Faults): void {
  const { fixture, name } = parts;
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) {
      type.resolveType = (value, context) => {
        const typeName = value instanceof Entity ? String(value.representation.__typename) : undefined;
        if (typeName !== undefined && isObjectType(schema.getType(typeName))) return typeName;
        const thing = value instanceof Entity ? value.thing : (value as Thing);
        return typeNameOf(fixture, typeName ?? type.name, thing, context as FixtureContext);
      };
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = compileField(parts, type.name, interfaceNames(type), field.name);
      field.resolve = (source, args, context, info) => {
        const thing = (source instanceof Entity ? source.thing : (source ?? {})) as Thing;
        return faults().resolve(field.name, field.type, thing, () => resolve(source, args, context, info));
      };
    }
  }
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities === undefined) return;
  entities.resolve = (_source, { representations }) =>
    (representations as Thing[]).map((representation) => {
      const typeName = String(representation.__typename);
      const thing = fixture.resolveReference(typeName, representation, name);
      return thing && new Entity(thing, representation);
    });
}

function compileField(
  { name, resolveField, rules, overridden }: Parts,
  typeName: string,
  interfaces: readonly string[],
  fieldName: string,
): GraphQLFieldResolver<unknown, unknown> {
  const coordinate = `${typeName}.${fieldName}`;
  const resolve = resolveField(typeName, interfaces, fieldName);
  const rule = rules.get(coordinate);
  const required = rule?.requires?.selections.flatMap((selection) => ('name' in selection ? selection.name.value : []));
  const refuse = (why: string) => new Error(`Subgraph "${name}" is asked for ${coordinate}, ${why}`);
  return (source, args, context) => {
    const thing = (source instanceof Entity ? source.thing : (source ?? {})) as Thing;
    if (overridden.has(coordinate)) throw refuse('which another subgraph overrides');
    if (rule?.isExternal && source instanceof Entity) {
      if (!(fieldName in source.representation)) throw refuse('which is external');
      return source.representation[fieldName];
    }
    if (required === undefined) return resolve(thing, args, context as FixtureContext);
    if (!(source instanceof Entity)) throw refuse('but has no representation with what the field requires');
    const { representation } = source;
    const lacking = required.filter((key) => !(key in representation));
    if (lacking.length > 0) throw refuse(`but the representation lacks ${lacking.join(', ')}`);
    return resolve({ ...thing, ...representation }, args, context as FixtureContext);
  };
}

import {
  type ConstDirectiveNode,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type { FieldAuthDefinition } from '../../config/schema/field-auth.ts';
import { type Alternatives, type Demand, isNothing, NOTHING, unite } from './demand.ts';
import { ownOfInterface } from './interface-rules.ts';

/** What the fields of a schema ask of clients, from SDL and config. */
export interface FieldRules {
  /** Whether nothing is asked of anybody. */
  readonly isEmpty: boolean;
  /**
   * What a selection of the field asks: all that the field as it is selected does, and all that it does on each type that the
   * value can have.
   * @param parent the type that the field is selected on.
   * @param scope names of the object types that reach the selection.
   */
  demandOf(parent: GraphQLCompositeType, fieldName: string, scope: Iterable<string>): Demand;
  /** Names that `@policy` and the config use, with one coordinate of each. */
  readonly policies: ReadonlyMap<string, string>;
  /** Coordinates of the config that the schema has not. */
  readonly unknown: readonly string[];
}

type Rules = FieldAuthDefinition['rules'];

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` of objects, interfaces, fields, scalars and enums. A field asks what its
 * parent asks, what it itself does, and what its type does. A field of an object asks also what the interfaces do that
 * declare it, where they do so of their own: a rule of an interface would otherwise not hold for whoever asks around it.
 */
export function compileFieldRules(schema: GraphQLSchema, rules: Rules): FieldRules {
  const configured = compileConfigured(rules);
  const policies = new Map<string, string>();
  const onTypes = new Map<string, Demand>();
  const onFields = new Map<string, Demand>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    keep(onTypes, type.name, readDirectives(type.astNode?.directives));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields()))
      keep(onFields, `${type.name}.${field.name}`, readDirectives(field.astNode?.directives));
  }
  for (const [coordinate, demand] of configured) keepPolicies(coordinate, demand);

  const ofObjects = new Map<string, Demand>();
  const ownOf = (coordinates: ReadonlyMap<string, Demand>, name: string) => coordinates.get(name) ?? NOTHING;
  const configuredOf = (name: string) => configured.get(name) ?? NOTHING;

  function keep(into: Map<string, Demand>, coordinate: string, demand: Demand): void {
    if (isNothing(demand)) return;
    into.set(coordinate, demand);
    keepPolicies(coordinate, demand);
  }

  function keepPolicies(coordinate: string, demand: Demand): void {
    for (const name of demand.policies.flat(2)) if (!policies.has(name)) policies.set(name, coordinate);
  }

  /** What an interface asks of its own, not because composition gathered it from the types that implement it. */
  function ofInterface(type: GraphQLInterfaceType, fieldName: string | undefined): Demand {
    const suffix = fieldName === undefined ? '' : `.${fieldName}`;
    const own = ownOf(fieldName === undefined ? onTypes : onFields, type.name + suffix);
    const implementations = schema
      .getPossibleTypes(type)
      .map(({ name }) => ownOf(fieldName === undefined ? onTypes : onFields, name + suffix));
    return unite([ownOfInterface(own, implementations), configuredOf(type.name + suffix)]);
  }

  /** What a value of the type asks, whatever is selected of it. */
  function ofValue(type: GraphQLNamedType): Demand {
    if (isInterfaceType(type)) return ofInterface(type, undefined);
    return unite([ownOf(onTypes, type.name), configuredOf(type.name)]);
  }

  function ofObjectField(type: GraphQLObjectType, fieldName: string): Demand {
    const coordinate = `${type.name}.${fieldName}`;
    let demand = ofObjects.get(coordinate);
    if (demand !== undefined) return demand;
    const field = type.getFields()[fieldName];
    if (field === undefined) return NOTHING;
    const declaring = type.getInterfaces().filter((one) => one.getFields()[fieldName] !== undefined);
    demand = unite([
      ofValue(type),
      ownOf(onFields, coordinate),
      configuredOf(coordinate),
      ofValue(getNamedType(field.type)),
      ...declaring.flatMap((one) => [ofInterface(one, undefined), ofInterface(one, fieldName)]),
    ]);
    ofObjects.set(coordinate, demand);
    return demand;
  }

  return {
    isEmpty: onTypes.size === 0 && onFields.size === 0 && configured.size === 0,
    policies,
    unknown: [...configured.keys()].filter((coordinate) => !hasCoordinate(schema, coordinate)),
    demandOf(parent, fieldName, scope) {
      const demands: Demand[] = [];
      if (isInterfaceType(parent)) {
        const field = parent.getFields()[fieldName];
        if (field === undefined) return NOTHING;
        const coordinate = `${parent.name}.${fieldName}`;
        demands.push(ownOf(onTypes, parent.name), configuredOf(parent.name));
        demands.push(ownOf(onFields, coordinate), configuredOf(coordinate), ofValue(getNamedType(field.type)));
      }
      for (const name of scope) {
        const type = schema.getType(name);
        if (isObjectType(type)) demands.push(ofObjectField(type, fieldName));
      }
      return unite(demands);
    },
  };
}

function readDirectives(directives: readonly ConstDirectiveNode[] | undefined): Demand {
  if (directives === undefined || directives.length === 0) return NOTHING;
  const named = (name: string) => directives.filter((directive) => directive.name.value === name);
  return {
    authenticated: named('authenticated').length > 0,
    scopes: named('requiresScopes').map((directive) => readAlternatives(directive, 'scopes')),
    policies: named('policy').map((directive) => readAlternatives(directive, 'policies')),
  };
}

/** No alternative at all holds for nobody. A flat list is one alternative: all of it must hold. */
function readAlternatives(directive: ConstDirectiveNode, argument: string): Alternatives {
  const node = directive.arguments?.find(({ name }) => name.value === argument)?.value;
  const value = node === undefined ? [] : (valueFromASTUntyped(node) as readonly unknown[]);
  if (!Array.isArray(value)) return [[String(value)]];
  if (value.every((item) => typeof item === 'string') && value.length > 0) return [value as readonly string[]];
  return value.map((item) => (Array.isArray(item) ? item.map(String) : [String(item)]));
}

function compileConfigured(rules: Rules): ReadonlyMap<string, Demand> {
  return new Map(
    Object.entries(rules).map(([coordinate, { authenticated, scopes, policies }]) => [
      coordinate,
      {
        authenticated,
        scopes: scopes === undefined ? [] : [scopes],
        policies: policies === undefined ? [] : [policies],
      },
    ]),
  );
}

function hasCoordinate(schema: GraphQLSchema, coordinate: string): boolean {
  const [typeName = '', fieldName] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (fieldName === undefined) return type !== undefined && !typeName.startsWith('__');
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[fieldName] !== undefined;
}

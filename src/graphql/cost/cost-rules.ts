import {
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type { CostDefinition } from '../../config/schema/operation-limits.ts';

/** `@listSize` of a field (cost specification §8). */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Paths into the arguments, such as `first` or `page.limit`. */
  readonly slicingArguments: readonly (readonly string[])[];
  /** Paths to lists below the field, such as `edges` or `page.nodes`; empty: the field itself is the list. */
  readonly sizedFields: readonly (readonly string[])[];
  readonly requireOneSlicingArgument: boolean;
}

/** Weights and list sizes of a schema. */
export interface CostRules {
  readonly defaultListSize: number;
  /** Of one value of the field: `@cost` of the field, else of its type; of an abstract type, that of its dearest member. */
  fieldWeight(field: GraphQLField<unknown, unknown>): number;
  /** `@cost` of the field itself. */
  ownWeight(field: GraphQLField<unknown, unknown>): number | undefined;
  inputWeight(input: GraphQLArgument | GraphQLInputField): number;
  listSize(field: GraphQLField<unknown, unknown>): ListSize | undefined;
}

type Weights = Pick<CostDefinition, 'object' | 'scalar' | 'defaultListSize'>;

/** Reads `@cost` and `@listSize` as they are asked for, each once. */
export function compileCostRules(schema: GraphQLSchema, { object, scalar, defaultListSize }: Weights): CostRules {
  const ofTypes = new Map<string, number>();
  const listSizes = new WeakMap<object, ListSize | false>();

  function typeWeight(type: GraphQLNamedType): number {
    let weight = ofTypes.get(type.name);
    if (weight === undefined) {
      weight = isAbstractType(type)
        ? Math.max(0, ...schema.getPossibleTypes(type).map(typeWeight))
        : (readWeight(type.astNode?.directives) ??
          (isCompositeType(type) || isInputObjectType(type) ? object : scalar));
      ofTypes.set(type.name, weight);
    }
    return weight;
  }

  return {
    defaultListSize,
    fieldWeight: ({ astNode, type }) => readWeight(astNode?.directives) ?? typeWeight(getNamedType(type)),
    ownWeight: ({ astNode }) => readWeight(astNode?.directives),
    inputWeight: ({ astNode, type }) => readWeight(astNode?.directives) ?? typeWeight(getNamedType(type)),
    listSize(field) {
      let size = listSizes.get(field);
      if (size === undefined) {
        size = readListSize(field.astNode?.directives) ?? false;
        listSizes.set(field, size);
      }
      return size || undefined;
    },
  };
}

/** The specification writes weights as strings, federation as numbers. */
function readWeight(directives: readonly ConstDirectiveNode[] | undefined): number | undefined {
  const weight = Number(readArguments(directives, 'cost')?.weight ?? Number.NaN);
  return Number.isFinite(weight) ? weight : undefined;
}

function readListSize(directives: readonly ConstDirectiveNode[] | undefined): ListSize | undefined {
  const given = readArguments(directives, 'listSize');
  if (given === undefined) return undefined;
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = given;
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : undefined,
    slicingArguments: readPaths(slicingArguments),
    sizedFields: readPaths(sizedFields),
    requireOneSlicingArgument: requireOneSlicingArgument !== false,
  };
}

function readPaths(value: unknown): readonly (readonly string[])[] {
  return Array.isArray(value) ? value.map((path) => String(path).split('.')) : [];
}

function readArguments(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const directive = directives?.find((each) => each.name.value === name);
  if (directive === undefined) return undefined;
  const values = new Map(
    (directive.arguments ?? []).map((argument) => {
      // Untyped literals give whole numbers as numbers and decimals too.
      return [argument.name.value, valueFromASTUntyped(argument.value)] as const;
    }),
  );
  return Object.fromEntries(values);
}

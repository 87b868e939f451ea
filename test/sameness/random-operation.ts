import fc from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { createRandom, type Random } from './random.ts';
import { type ArgumentPool, createArgumentWriter } from './random-arguments.ts';

export interface RandomOperation {
  /** A document with one operation, valid against the schema. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface RandomOperationOptions {
  /** Values worth asking for, by coordinate (`Query.user(id:)`); other arguments get arbitrary values of their type. */
  readonly arguments?: ArgumentPool;
  /** Default: `query`. */
  readonly root?: 'query' | 'mutation';
  /** Deepest nesting of fields. Default 6. */
  readonly maxDepth?: number;
}

/** Random valid operations; shrinks towards fewer fields. */
export function randomOperation(
  schema: GraphQLSchema,
  options: RandomOperationOptions = {},
): fc.Arbitrary<RandomOperation> {
  return fc
    .record({ seed: fc.integer({ min: 0, max: 0xffffffff }), size: fc.integer({ min: 1, max: 120 }) })
    .map(({ seed, size }) => createRandomOperation(schema, seed, size, options));
}

/** @param size about how many fields the operation selects, fragments counted once. */
export function createRandomOperation(
  schema: GraphQLSchema,
  seed: number,
  size: number,
  options: RandomOperationOptions = {},
): RandomOperation {
  const random = createRandom(seed);
  const kind = options.root ?? 'query';
  const root = schema.getRootType(kind as never);
  if (root == null) throw new TypeError(`The schema has no ${kind} type`);
  const writer = new OperationWriter(schema, random, size, options);
  const body = writer.selectionSet(root, options.maxDepth ?? 6);
  const definitions = writer.variables.definitions;
  const head = definitions.length === 0 ? kind : `${kind} Random(${definitions.join(', ')})`;
  return {
    text: [`${head} ${body}`, ...writer.fragments.map(({ text }) => text)].join('\n'),
    variables: writer.variables.values,
  };
}

class OperationWriter {
  readonly fragments: { readonly name: string; readonly type: GraphQLCompositeType; readonly text: string }[] = [];
  readonly variables;
  readonly #schema;
  readonly #random: Random;
  readonly #composites: readonly GraphQLCompositeType[];
  readonly #ambiguous: ReadonlySet<string>;
  #budget: number;
  #fragmentCount = 0;

  constructor(schema: GraphQLSchema, random: Random, size: number, options: RandomOperationOptions) {
    this.#schema = schema;
    this.#random = random;
    this.#budget = size;
    this.variables = createArgumentWriter(random, options.arguments ?? {});
    this.#composites = Object.values(schema.getTypeMap()).filter(
      (type) => isCompositeType(type) && !type.name.startsWith('__'),
    ) as GraphQLCompositeType[];
    this.#ambiguous = fieldNamesOfSeveralTypes(this.#composites);
  }

  selectionSet(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const wanted = 1 + random.below(Math.max(1, Math.min(7, this.#budget)));
    const selections: string[] = [];
    for (let n = 0; n < wanted; n++) {
      const selection = this.#selection(type, depth);
      if (selection !== undefined) selections.push(selection);
    }
    if (selections.length === 0) selections.push(`__typename${this.#condition()}`);
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string | undefined {
    const roll = this.#random.below(100);
    if (roll < 14) return this.#inlineFragment(type, depth);
    if (roll < 22) return this.#fragmentSpread(type, depth);
    if (roll < 28) return `${this.#random.chance(0.5) ? 'kind: ' : ''}__typename${this.#condition()}`;
    return this.#field(type, depth);
  }

  #field(type: GraphQLCompositeType, depth: number): string | undefined {
    if (!isObjectType(type) && !isInterfaceType(type)) return this.#inlineFragment(type, depth);
    const fields = Object.values(type.getFields()).filter((field) =>
      depth > 0 && this.#budget > 0 ? true : !isCompositeType(getNamedType(field.type)),
    );
    if (fields.length === 0) return undefined;
    const field = this.#random.pick(fields);
    this.#budget -= 1;
    const call = this.variables.call(`${type.name}.${field.name}`, field.args, field.args.some(isRequiredArgument));
    const key = this.#responseKey(field, call);
    const namedType = getNamedType(field.type);
    const body = isCompositeType(namedType) ? ` ${this.selectionSet(namedType, depth - 1)}` : '';
    return `${key === field.name ? '' : `${key}: `}${field.name}${call}${this.#condition()}${body}`;
  }

  /** Equal for equal fields, arguments and types alone, so that any two selections of one key can be merged. */
  #responseKey(field: GraphQLField<unknown, unknown>, call: string): string {
    if (call === '' && !this.#ambiguous.has(field.name) && this.#random.chance(0.7)) return field.name;
    const variant = this.#random.pick(['a', 'b']);
    return `${variant}_${field.name}_${fingerprint(`${call} ${field.type}`)}`;
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): string {
    if (this.#random.chance(0.25)) return `...${this.#condition()} ${this.selectionSet(type, depth)}`;
    const condition = this.#random.pick(this.#overlapping(type));
    return `... on ${condition.name}${this.#condition()} ${this.selectionSet(condition, depth)}`;
  }

  #fragmentSpread(type: GraphQLCompositeType, depth: number): string {
    const overlapping = this.#overlapping(type);
    const known = this.fragments.filter((fragment) => overlapping.includes(fragment.type));
    if (known.length > 0 && this.#random.chance(0.6)) return `...${this.#random.pick(known).name}${this.#condition()}`;
    const condition = this.#random.pick(overlapping);
    this.#fragmentCount += 1;
    const name = `F${this.#fragmentCount}`;
    const text = `fragment ${name} on ${condition.name} ${this.selectionSet(condition, depth)}`;
    // Only a finished fragment can be spread again: no cycles.
    this.fragments.push({ name, type: condition, text });
    return `...${name}${this.#condition()}`;
  }

  #overlapping(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    const possible = new Set(this.#possible(type));
    return this.#composites.filter((candidate) => this.#possible(candidate).some((name) => possible.has(name)));
  }

  #possible(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }

  #condition(): string {
    const random = this.#random;
    if (!random.chance(0.22)) return '';
    const directive = random.pick(['skip', 'include']);
    if (random.chance(0.15))
      return ` @skip(if: ${this.variables.condition()}) @include(if: ${this.variables.condition()})`;
    return ` @${directive}(if: ${this.variables.condition()})`;
  }
}

function fieldNamesOfSeveralTypes(types: readonly GraphQLCompositeType[]): ReadonlySet<string> {
  const seen = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const type of types) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const text = String(field.type);
      if ((seen.get(field.name) ?? text) !== text) ambiguous.add(field.name);
      seen.set(field.name, text);
    }
  }
  return ambiguous;
}

function fingerprint(text: string): string {
  let hash = 5381;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 33) ^ text.charCodeAt(at)) >>> 0;
  return hash.toString(36);
}

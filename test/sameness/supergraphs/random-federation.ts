import { type Fixture, type FixtureResolvers, LINK, type Thing } from '../federation/fixture.ts';
import { createRandom, type Random } from '../random.ts';

/** A field of an entity type, in the subgraphs that resolve it. */
interface FieldPlan {
  readonly name: string;
  readonly type: string;
  readonly argumentsText: string;
  readonly owners: readonly string[];
  /** What stands after the field in each of its owners. */
  readonly suffix: (graph: string) => string;
  /** The subgraph that still has the field and lost it. */
  readonly overridden?: string;
  /** The field that it requires. */
  readonly required?: string;
}

interface TypePlan {
  readonly name: string;
  /** The keys in each subgraph that has the type. */
  readonly keys: Map<string, readonly string[]>;
  readonly fields: FieldPlan[];
  /** External fields by subgraph. */
  readonly externals: Map<string, Set<string>>;
}

const KEYS = ['id', 'code', 'ref { b }', 'link { id }'];
const VALUE_FIELDS = ['x: Int', 'y: String', 'z: [Int]'];
const THINGS = 3;

/**
 * A random federation over random data: two to four subgraphs of entities that share keys (plain, nested, over another entity), shared,
 * overridden, provided and required fields, value types in parts, interfaces, unions, and an interface object. Not each can be composed.
 */
export function randomFederation(seed: number): Fixture {
  const random = createRandom(seed);
  const graphs = Array.from({ length: 2 + random.below(3) }, (_, at) => `s${at}`);
  const typeNames = Array.from({ length: 2 + random.below(3) }, (_, at) => `T${at}`);
  const linkOf = (typeName: string) => typeNames[(typeNames.indexOf(typeName) + 1) % typeNames.length] as string;
  const types = typeNames.map((name) => planType(random, name, graphs));
  const typesIn = (graph: string) => types.filter(({ keys }) => keys.has(graph));
  for (const type of types)
    dropOpenLinks(
      type,
      types.find(({ name }) => name === linkOf(type.name)),
    );
  for (const type of types) planFields(random, type, types);
  const valueFields = new Map(
    graphs.map((graph) => [graph, VALUE_FIELDS.filter((field) => field.startsWith('y') || random.chance(0.6))]),
  );
  const unionOf = new Map(graphs.map((graph) => [graph, typesIn(graph).filter(() => random.chance(0.7))]));
  const nodesIn = (graph: string) => typesIn(graph).filter(({ keys }) => keys.get(graph)?.includes('id'));
  const things = createThings(random, typeNames, linkOf);
  const pickThings = (of: readonly TypePlan[]) =>
    of.length === 0
      ? []
      : Array.from({ length: random.below(4) }, () => random.pick(things.get(random.pick(of).name) ?? []));

  const query: Record<string, () => unknown> = {};
  const subgraphs: Record<string, string> = {};
  for (const graph of graphs) {
    const roots: string[] = [];
    const addRoot = (name: string, type: string, value: unknown): void => {
      roots.push(`${name}: ${type}`);
      query[name] = () => value;
    };
    for (const type of typesIn(graph)) {
      if (random.chance(0.6)) addRoot(`${graph}_${type.name}`, `[${type.name}]`, [...pickThings([type]), null]);
    }
    const nodes = nodesIn(graph);
    if (nodes.length > 0 && random.chance(0.7)) addRoot(`${graph}_nodes`, '[Node!]', pickThings(nodes));
    const members = unionOf.get(graph) ?? [];
    if (members.length > 0) addRoot(`${graph}_any`, '[Any]', pickThings(members));
    if (roots.length === 0) addRoot(`${graph}_one`, 'Int', 1);
    const parts = valueFields.get(graph) ?? [];
    subgraphs[graph] = [
      LINK,
      `type Query { ${roots.join(' ')} }`,
      'type Ref @shareable { a: Int! b: String! }',
      `type Value @shareable { ${(parts.length === 0 ? VALUE_FIELDS : parts).join(' ')} }`,
      ...(nodes.length > 0 ? ['interface Node { id: ID! }'] : []),
      ...(members.length > 0 ? [`union Any = ${members.map(({ name }) => name).join(' | ')}`] : []),
      ...typesIn(graph).map((type) => writeType(type, graph, nodes.includes(type), linkOf(type.name), random)),
    ].join('\n');
  }
  addInterfaceObject(random, subgraphs, query);

  const all = [...things.values(), MEDIA].flat();
  const byId = (id: unknown) => all.find((thing) => thing.id === id) ?? null;
  return {
    name: `random-federation-${seed}`,
    subgraphs,
    resolvers: createResolvers(types, query, byId),
    resolveReference: (typeName, keys) =>
      all.find(
        (thing) =>
          (typeName === 'Media' ? MEDIA.includes(thing) : thing.__typename === typeName) &&
          (thing.id === keys.id ||
            (keys.code !== undefined && thing.code === keys.code) ||
            (keys.ref !== undefined && (thing.ref as Thing).b === (keys.ref as Thing).b) ||
            (keys.link !== undefined && thing.link === (keys.link as Thing).id)),
      ) ?? null,
    identify: ({ id }) => String(id ?? ''),
    arguments: {},
  };
}

function planType(random: Random, name: string, graphs: readonly string[]): TypePlan {
  const keys = new Map<string, readonly string[]>();
  for (const graph of graphs) {
    if (keys.size > 0 && !random.chance(0.8)) continue;
    const own = KEYS.filter((key) => random.chance(key === 'id' ? 0.75 : 0.4));
    keys.set(graph, own.length === 0 ? ['id'] : own);
  }
  return { name, keys, fields: [], externals: new Map() };
}

/** A subgraph can have a key over another entity only where it has that entity's own key. */
function dropOpenLinks(type: TypePlan, target: TypePlan | undefined): void {
  for (const [graph, own] of type.keys) {
    const isClosed = target?.keys.get(graph)?.includes('id') === true;
    const kept = own.filter((key) => isClosed || !key.startsWith('link'));
    type.keys.set(graph, kept.length === 0 ? ['code'] : kept);
  }
}

function planFields(random: Random, type: TypePlan, types: readonly TypePlan[]): void {
  const graphs = [...type.keys.keys()];
  const { fields } = type;
  for (let at = 0; at < 3; at++) {
    const owner = random.pick(graphs);
    const other = random.pick(graphs);
    const name = `f${at}`;
    const isShared = other !== owner && random.chance(0.4);
    const isOverridden = other !== owner && !isShared && random.chance(0.3);
    const isStrict = isShared && random.chance(0.5);
    fields.push({
      name,
      // Shared fields may promise more in one subgraph than in the other; their data has no nulls.
      type: at === 0 || isShared ? 'Int' : 'String',
      argumentsText: at === 1 ? '(n: Int = 1)' : '',
      owners: isShared ? [owner, other] : [owner],
      suffix: (graph) =>
        `${isStrict && graph === owner && at !== 1 ? '!' : ''}${isShared ? ' @shareable' : ''}${isOverridden ? ` @override(from: "${other}")` : ''}`,
      ...(isOverridden && { overridden: other }),
    });
  }
  const valueOwners = graphs.filter(() => random.chance(0.5));
  if (valueOwners.length > 0) {
    fields.push({ name: 'v', type: 'Value', argumentsText: '', owners: valueOwners, suffix: () => ' @shareable' });
  }
  for (let at = 0; at < 2; at++) {
    const owner = random.pick(graphs);
    const targets = types.filter(({ keys }) => keys.has(owner));
    const target = random.pick(targets);
    const isList = random.chance(0.5);
    const candidates = target.fields.filter(({ name }) => /^f[02]$/.test(name));
    const provided = candidates.length > 0 && random.chance(0.4) ? random.pick(candidates) : undefined;
    const isProvided = provided !== undefined && !provided.owners.includes(owner) && provided.overridden !== owner;
    if (isProvided) addExternal(target, owner, provided.name);
    fields.push({
      name: `r${at}`,
      type: isList ? `[${target.name}]` : target.name,
      argumentsText: '',
      owners: [owner],
      suffix: () => (isProvided ? ` @provides(fields: "${provided.name}")` : ''),
    });
  }
  for (let at = 0; at < 2; at++) {
    const owner = random.pick(graphs);
    const required = random.pick(fields);
    if (required.owners.includes(owner) || required.overridden === owner || required.name.startsWith('r')) continue;
    const selection =
      required.name === 'v'
        ? 'v { y }'
        : required.argumentsText === ''
          ? required.name
          : `${required.name}(n: ${2 + at})`;
    addExternal(type, owner, required.name);
    fields.push({
      name: `q${at}`,
      type: 'String',
      argumentsText: '',
      owners: [owner],
      suffix: () => ` @requires(fields: "${selection}")`,
      required: required.name,
    });
  }
}

function addExternal(type: TypePlan, graph: string, name: string): void {
  const known = type.externals.get(graph) ?? new Set();
  type.externals.set(graph, known.add(name));
}

function writeType(type: TypePlan, graph: string, isNode: boolean, linkName: string, random: Random): string {
  const { name, fields, keys, externals } = type;
  const own = keys.get(graph) ?? [];
  const lines = own.map((key) => KEY_FIELDS(linkName)[key.split(' ')[0] as string]);
  for (const field of fields) {
    const declaration = `${field.name}${field.argumentsText}: ${field.type}`;
    if (field.owners.includes(graph)) lines.push(`${declaration}${field.suffix(graph)}`);
    else if (field.overridden === graph) lines.push(declaration);
    else if (externals.get(graph)?.has(field.name)) lines.push(`${declaration} @external`);
  }
  const directives = own.map((key, at) => {
    const isClosed = at > 0 && random.chance(0.2);
    return `@key(fields: "${key}"${isClosed ? ', resolvable: false' : ''})`;
  });
  return `type ${name}${isNode ? ' implements Node' : ''} ${directives.join(' ')} { ${lines.join(' ')} }`;
}

const KEY_FIELDS = (linkName: string): Readonly<Record<string, string>> => ({
  id: 'id: ID! @shareable',
  code: 'code: String! @shareable',
  ref: 'ref: Ref! @shareable',
  link: `link: ${linkName}! @shareable`,
});

const MEDIA: readonly Thing[] = [
  { __typename: 'Book', id: 'm1', title: 'Emma', pages: 9, note: 'a' },
  { __typename: 'Film', id: 'm2', title: null, minutes: 7, note: null },
  { __typename: 'Film', id: 'm3', title: 'Jaws', minutes: null, note: 'c' },
];

/** An entity interface in one subgraph, and an interface object of it in another. */
function addInterfaceObject(
  random: Random,
  subgraphs: Record<string, string>,
  query: Record<string, () => unknown>,
): void {
  const graphs = Object.keys(subgraphs);
  const [home, away] = [random.pick(graphs), random.pick(graphs)];
  const third = random.pick(graphs);
  const extend = (graph: string, sdl: string): void => {
    subgraphs[graph] += `\n${sdl}`;
  };
  extend(
    home,
    `extend type Query { media: [Media] }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
    type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }`,
  );
  query.media = () => [...MEDIA, null];
  if (away === home) return;
  extend(
    away,
    `extend type Query { rated: [Media!] }
    type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external stars: Int headline(loud: Boolean = false): String @requires(fields: "title") twin: Media }`,
  );
  query.rated = () => MEDIA.slice(1);
  if (third === home || third === away) return;
  extend(third, `extend type Query { book: Book } type Book @key(fields: "id") { id: ID! note: String }`);
  query.book = () => MEDIA[0];
}

function createThings(
  random: Random,
  typeNames: readonly string[],
  linkOf: (typeName: string) => string,
): ReadonlyMap<string, readonly Thing[]> {
  const id = (typeName: string, at: number) => `${typeName}-${at}`;
  const anyId = () => id(random.pick(typeNames), random.below(THINGS));
  return new Map(
    typeNames.map((name) => [
      name,
      Array.from({ length: THINGS }, (_, at) => ({
        __typename: name,
        id: id(name, at),
        code: `c-${name}-${at}`,
        ref: { a: at, b: `b-${name}-${at}` },
        link: id(linkOf(name), at),
        f: random.below(100),
        v: random.chance(0.2) ? null : { x: random.below(9), y: `y${random.below(9)}`, z: [1, null] },
        refs: [anyId(), anyId(), anyId()],
      })),
    ]),
  );
}

function createResolvers(
  types: readonly TypePlan[],
  query: Readonly<Record<string, () => unknown>>,
  byId: (id: unknown) => Thing | null,
): FixtureResolvers {
  return {
    Query: query,
    Media: {
      stars: ({ id }: Thing) => String(id).length,
      headline: ({ title }: Thing, { loud }) => (title == null ? null : `${title}${loud ? '!' : ''}`),
      twin: ({ id }: Thing) => byId(id === 'm1' ? 'm2' : 'm1'),
    },
    ...Object.fromEntries(
      types.map(({ name, fields }) => [
        name,
        {
          link: ({ link }: Thing) => byId(link),
          ...Object.fromEntries(
            fields
              .filter((field) => field.name !== 'v')
              .map((field, at) => [
                field.name,
                (thing: Thing, { n }: { n?: number | null }) => {
                  if (field.required !== undefined) {
                    const value = field.required === 'v' ? (thing.v as Thing | null)?.y : thing[field.required];
                    return `${field.name} of ${thing.code}: ${value}`;
                  }
                  if (field.name.startsWith('r')) return resolveReferences(field, thing, byId);
                  const value = Number(thing.f) + at * 100 + (n ?? 0) * 1000;
                  if (field.type === 'Int') return value;
                  return value % 5 === 0 ? null : `text ${value}`;
                },
              ]),
          ),
        },
      ]),
    ),
  };
}

function resolveReferences({ type, name }: FieldPlan, thing: Thing, byId: (id: unknown) => Thing | null): unknown {
  const target = type.replaceAll(/\W/g, '');
  const found = (thing.refs as readonly string[])
    .slice(name === 'r0' ? 0 : 1)
    .map((id) => byId(id))
    .filter((one) => one?.__typename === target);
  return type.startsWith('[') ? [...found, null] : (found[0] ?? null);
}

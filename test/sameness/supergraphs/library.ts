import { type Fixture, LINK, type Thing } from '../federation/fixture.ts';

const media: Readonly<Record<string, Thing>> = {
  b1: {
    __typename: 'Book',
    id: 'b1',
    title: 'Solaris',
    genre: 'NOVEL',
    pages: 204,
    size: 204,
    by: 'p1',
    form: 'PAPER',
  },
  b2: { __typename: 'Book', id: 'b2', title: null, genre: 'NOVEL', pages: 99, size: null, by: 'p2', form: 'PAPER' },
  f1: { __typename: 'Film', id: 'f1', title: 'Stalker', genre: 'DRAMA', minutes: 162, size: 'long', by: 'p2' },
  f2: { __typename: 'Film', id: 'f2', title: 'Mirror', genre: 'DRAMA', minutes: null, size: 'short', by: 'p1' },
  t1: { __typename: 'Tape', id: 't1', title: 'Hiss', genre: 'NOISE', sides: ['A', null], by: 'p1' },
};
const people: Readonly<Record<string, Thing>> = {
  p1: {
    __typename: 'Person',
    id: 'p1',
    name: 'Stanisław',
    made: ['b1', 'f2', 't1'],
    favourite: 'f2',
    likes: ['f1', 'p2'],
  },
  p2: {
    __typename: 'Person',
    id: 'p2',
    name: 'Andrei',
    made: ['b2', 'gone', 'f1'],
    favourite: null,
    likes: ['b1', 'p1'],
  },
};
const everything: Readonly<Record<string, Thing | undefined>> = { ...media, ...people };
const find = (id: unknown) => everything[String(id)] ?? null;
const allMedia = Object.values(media);

/** Interfaces that implement interfaces, and unions, which grow over four subgraphs. */
export function libraryFixture(): Fixture {
  return createFixture('library', '', (fields) =>
    [
      `interface Media { ${fields.replace(/\w+: \w+ @external/, '').replaceAll(/@\w+(\(.*?"\))?/g, '')} }`,
      ...['Book', 'Film', 'Tape'].map((name) => `type ${name} implements Media @key(fields: "id") { ${fields} }`),
    ].join('\n'),
  );
}

/** The same with an entity interface, and two subgraphs that extend it as an interface object. */
export function interfaceObjectsFixture(): Fixture {
  const key = '@key(fields: "id")';
  return createFixture('interface-objects', key, (fields) => `type Media ${key} @interfaceObject { ${fields} }`);
}

/** The same where types of an interface promise more than the interface, each in another field (GraphQL §3.7). */
export function covariantFixture(): Fixture {
  const { subgraphs, ...rest } = libraryFixture();
  const catalog = (subgraphs.catalog ?? '')
    .replace('by: Person pages', 'by: Person! pages')
    .replace(
      'related(first: Int = 2): [Media!] by: Person minutes',
      'related(first: Int = 2): [Media!]! by: Person minutes',
    )
    .replace('by: Person sides', 'by: Person! sides');
  return { ...rest, name: 'covariant', subgraphs: { ...subgraphs, catalog } };
}

/** @param extendMedia how a subgraph that adds fields to all media writes it. */
function createFixture(name: string, interfaceKey: string, extendMedia: (fields: string) => string): Fixture {
  return {
    name,
    subgraphs: {
      catalog: `${LINK}
        enum Genre { NOVEL DRAMA NOISE }
        enum Form { PAPER SCREEN }
        union Likeable = Book | Film | Person
        union Shelf = Book | Tape
        type Query { media(genre: Genre): [Media!]! find(id: ID!): Media anything: [Likeable] shelf: [Shelf!] works: [Work] books: [Book] }
        interface Work { title: String }
        interface Media implements Work ${interfaceKey} { id: ID! title: String genre: Genre! related(first: Int = 2): [Media!] by: Person }
        type Book implements Media & Work @key(fields: "id") {
          id: ID! title: String genre: Genre! related(first: Int = 2): [Media!] by: Person pages: Int! size: Int form: Form!
        }
        type Film implements Media & Work @key(fields: "id") {
          id: ID! title: String genre: Genre! related(first: Int = 2): [Media!] by: Person minutes: Int size: String
        }
        type Tape implements Media & Work @key(fields: "id") {
          id: ID! title: String genre: Genre! related(first: Int = 2): [Media!] by: Person sides: [String]
        }
        type Person @key(fields: "id") { id: ID! likes: [Likeable!] }`,
      ratings: `${LINK}
        type Query { rated(min: Float = 0): [Media!]! }
        ${extendMedia(`id: ID! title: String @external rating: Float! notes: [String] loans(first: Int): [Loan!]
          headline(shout: Boolean = false): String @requires(fields: "title")`)}
        type Loan { day: Int! item: Media! borrower: Person note: Note }
        union Note = Fine | Damage
        type Fine { cents: Int! paid: Boolean }
        type Damage { text: String! paid: Boolean }
        type Person @key(fields: "id") { id: ID! }`,
      people: `${LINK}
        type Query { people: [Person!] person(id: ID!): Person newest: Creation }
        interface Named { name: String! }
        type Person implements Named @key(fields: "id") { id: ID! name: String! made: [Creation] favourite: Film partners: [Named!] }
        type Studio implements Named { name: String! owner: Person }
        union Creation = Book | Film
        type Book @key(fields: "id") { id: ID! }
        type Film @key(fields: "id") { id: ID! studio: Studio }`,
      archive: `${LINK}
        type Query { archived: [Media] }
        ${extendMedia('id: ID! shelfmark: String! copies: [Copy!]!')}
        type Copy { number: Int! of: Media }`,
    },
    resolvers: {
      Query: {
        media: (_, { genre }) => allMedia.filter((item) => genre == null || item.genre === genre),
        find: (_, { id }) => media[id] ?? null,
        anything: () => [media.b1, people.p1, null, media.f2],
        shelf: () => [media.t1, media.b2],
        works: () => [media.f1, null, media.t1],
        books: () => [media.b1, null, media.b2],
        rated: (_, { min }) => allMedia.filter((item) => ratingOf(item) >= (min ?? 0)),
        people: () => Object.values(people),
        person: (_, { id }) => people[id] ?? null,
        newest: () => media.f1,
        archived: () => [media.b1, null, media.t1],
      },
      Media: {
        related: ({ id }: Thing, { first }) =>
          allMedia.filter((other) => other.id !== id).slice(0, Math.max(0, first ?? 9)),
        by: ({ by }: Thing) => find(by),
        rating: ratingOf,
        notes: ({ id }: Thing) => (String(id).endsWith('1') ? ['first', null] : null),
        headline: ({ title }: Thing, { shout }) =>
          title == null ? null : shout ? String(title).toUpperCase() : `“${title}”`,
        loans: ({ id, by }: Thing, { first }) =>
          [
            { day: 3, item: id, borrower: by, note: { __typename: 'Fine', cents: 50, paid: true } },
            { day: 4, item: 'f1', borrower: null, note: { __typename: 'Damage', text: 'torn', paid: null } },
            { day: 5, item: 'b1', borrower: 'p2', note: null },
          ].slice(0, Math.max(0, first ?? 2)),
        shelfmark: ({ id }: Thing) => `S-${id}`,
        copies: ({ id }: Thing) => (id === 'b2' ? [] : [{ number: 1, of: id }]),
      },
      Loan: { item: ({ item }: Thing) => find(item), borrower: ({ borrower }: Thing) => find(borrower) },
      Copy: { of: ({ of }: Thing) => find(of) },
      Person: {
        made: ({ made }: Thing) =>
          (made as string[]).filter((id) => media[id]?.__typename !== 'Tape').map((id) => find(id)),
        favourite: ({ favourite }: Thing) => find(favourite),
        likes: ({ likes }: Thing) => (likes as string[]).map((id) => find(id)),
        partners: ({ id }: Thing) => [
          people[id === 'p1' ? 'p2' : 'p1'],
          { __typename: 'Studio', name: 'Mosfilm', owner: id },
        ],
      },
      Film: {
        studio: ({ id }: Thing) => (id === 'f2' ? null : { __typename: 'Studio', name: 'Mosfilm', owner: 'p2' }),
      },
      Studio: { owner: ({ owner }: Thing) => find(owner) },
    },
    resolveReference: (_typeName, { id }) => find(id),
    identify: ({ id, day, number }) => String(id ?? day ?? number ?? ''),
    arguments: {
      'Query.find(id:)': ['b1', 'b2', 'f1', 'f2', 't1', 'zz'],
      'Query.person(id:)': ['p1', 'p2', 'p9'],
      'Query.rated(min:)': [0, 6, 100],
      'Media.related(first:)': [0, 1, 3],
      'Media.loans(first:)': [0, 1, 3],
    },
  };
}

function ratingOf({ id, genre }: Thing): number {
  return String(id).charCodeAt(1) / 10 + String(genre).length / 4;
}

import type { Thing, World } from './federated-subgraph.ts';

const media: Record<string, Thing> = {
  b1: book('b1', 'Solaris', 204, 'p1'),
  b2: book('b2', null, 99, 'p2'),
  f1: film('f1', 'Stalker', 162, 'p2'),
  f2: film('f2', 'Mirror', null, 'p1'),
};
const people: Record<string, Thing> = {
  p1: person('p1', 'Stanisław', ['b1', 'f2']),
  p2: person('p2', 'Andrei', ['b2', 'f1']),
};

function common(id: string, title: string | null, by: string): Record<string, unknown> {
  return {
    id,
    title,
    rating: id.length * 2.5,
    notes: id.endsWith('1') ? ['first', null] : null,
    related: () => Object.values(media).filter((other) => other.id !== id),
    by: () => people[by],
    loans: () => [
      { __typename: 'Loan', day: 3, item: () => media[id], borrower: () => people[by] },
      { __typename: 'Loan', day: 4, item: () => media.f1, borrower: () => null },
    ],
  };
}

function book(id: string, title: string | null, pages: number, by: string): Thing {
  return { __typename: 'Book', ...common(id, title, by), pages, size: pages, genre: 'NOVEL' };
}

function film(id: string, title: string | null, minutes: number | null, by: string): Thing {
  return { __typename: 'Film', ...common(id, title, by), minutes, size: 'long', genre: 'DRAMA' };
}

function person(id: string, name: string, made: readonly string[]): Thing {
  return {
    __typename: 'Person',
    id,
    name,
    made: () => made.map((key) => media[key]),
    favourite: () => media[made[0] as string],
    likes: () => [media[made[1] as string], people[id === 'p1' ? 'p2' : 'p1']],
  };
}

/** Interfaces, unions, and an interface object that adds fields to an interface it has no types of. */
export const library: World = {
  name: 'library',
  subgraphs: [
    {
      name: 'catalog',
      sdl: `
        enum Genre { NOVEL DRAMA }
        union Likeable = Book | Film | Person
        type Query { media: [Media!]! find(id: ID!): Media anything: [Likeable] books: [Book] }
        interface Work { title: String }
        interface Media implements Work @key(fields: "id") { id: ID! title: String genre: Genre! related: [Media!] }
        type Book implements Media & Work @key(fields: "id") { id: ID! title: String genre: Genre! related: [Media!] pages: Int! size: Int by: Person! }
        type Film implements Media & Work @key(fields: "id") { id: ID! title: String genre: Genre! related: [Media!] minutes: Int size: String by: Person }
        type Person @key(fields: "id") { id: ID! likes: [Likeable!] }
      `,
    },
    {
      name: 'ratings',
      sdl: `
        type Query { rated: [Media!]! }
        type Media @key(fields: "id") @interfaceObject { id: ID! rating: Float! notes: [String] loans: [Loan!] }
        type Loan { day: Int! item: Media! borrower: Person }
        type Person @key(fields: "id") { id: ID! }
      `,
    },
    {
      name: 'people',
      sdl: `
        type Query { people: [Person!] person(id: ID!): Person }
        type Person @key(fields: "id") { id: ID! name: String! made: [Creation] favourite: Film }
        union Creation = Book | Film
        type Book @key(fields: "id") { id: ID! }
        type Film @key(fields: "id") { id: ID! }
      `,
    },
  ],
  rootValue: {
    media: () => Object.values(media),
    find: ({ id }: { id: string }) => media[id] ?? null,
    anything: () => [media.b1, people.p1, null, media.f2],
    books: () => [media.b1, null, media.b2],
    rated: () => [media.b1, media.f1],
    people: () => Object.values(people),
    person: ({ id }: { id: string }) => people[id] ?? null,
  },
  resolveReference(representation) {
    const id = representation.id as string;
    return representation.__typename === 'Person' ? (people[id] ?? null) : (media[id] ?? null);
  },
  argumentValues: {
    'Query.find(id:)': ['b1', 'b2', 'f1', 'f2', 'zz'],
    'Query.person(id:)': ['p1', 'p2', 'p9'],
  },
};
// A favourite is a film in every world: the union and the field agree on what people have made.
for (const one of Object.values(people)) one.favourite = () => (one.id === 'p1' ? media.f2 : null);

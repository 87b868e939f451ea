import type { Thing, World } from './federated-subgraph.ts';

const depots = ['north', 'south'].map((code, at) => depot(code, at));
const parcels = ['x1', 'x2', 'x3'].map((id, at) => parcel(id, at));

function depot(code: string, at: number): Thing {
  const place = { __typename: 'Place', country: { __typename: 'Country', code: 'LT' }, zip: `LT-${at}` };
  return {
    __typename: 'Depot',
    code,
    place,
    label: `Depot ${code}`,
    size: { __typename: 'Size', width: 10 + at, height: at === 0 ? null : 5 },
    manager: at === 0 ? { __typename: 'Manager', name: 'Rasa', phone: '+370' } : null,
    open: at === 0,
    humidity: 0.5 + at,
    parcels: ({ limit }: { limit?: number | null }) => parcels.slice(at, limit == null ? undefined : at + limit),
    area(this: Thing, { scale }: { scale: number }) {
      const size = this.size as { width: number; height: number | null };
      return size.height === null ? null : size.width * size.height * scale;
    },
  };
}

function parcel(id: string, at: number): Thing {
  return {
    __typename: 'Parcel',
    id,
    code: `code-${id}`,
    weight: at === 1 ? null : 1.5 * (at + 1),
    cost: (args: { currency: string }) => (args.currency === 'EUR' ? 10 + at : 20 + at),
    fee(this: Thing) {
      // A representation carries the required cost itself, the data a function of the currency.
      const cost =
        typeof this.cost === 'function' ? (this.cost as (args: unknown) => number)({ currency: 'EUR' }) : this.cost;
      return `fee ${cost}`;
    },
    depot: () => depots[at % 2],
    sender: at === 0 ? null : { __typename: 'Party', name: `Sender ${id}`, vip: at === 2 },
    history: () => [
      [{ __typename: 'Stop', hour: at, depot: () => depots[0] }],
      [],
      [{ __typename: 'Stop', hour: 9, depot: () => depots[1] }, null],
    ],
  };
}

/** Nested and several keys, `@requires` with arguments, `@provides`, `@override`, values that several subgraphs share. */
export const depotWorld: World = {
  name: 'depot',
  subgraphs: [
    {
      name: 'sites',
      sdl: `
        type Query { depots: [Depot!]! depot(code: ID!): Depot }
        type Depot @key(fields: "code") @key(fields: "place { country { code } zip }") {
          code: ID! place: Place! label: String size: Size! open: Boolean
        }
        type Place @shareable { country: Country! zip: String! }
        type Country @shareable { code: String! }
        type Size @shareable { width: Int! height: Int }
      `,
    },
    {
      name: 'staff',
      sdl: `
        type Query { staffed: [Depot] }
        type Depot @key(fields: "code") {
          code: ID! manager: Manager size: Size! @external area(scale: Int! = 1): Int @requires(fields: "size { width height }")
          label: String @override(from: "sites")
        }
        type Size @shareable { width: Int! height: Int }
        type Manager { name: String! phone: String }
      `,
    },
    {
      name: 'climate',
      sdl: `
        type Depot @key(fields: "place { country { code } zip }") { place: Place! humidity: Float! }
        type Place @shareable { country: Country! zip: String! }
        type Country @shareable { code: String! }
      `,
    },
    {
      name: 'parcels',
      sdl: `
        type Query { parcels: [Parcel!] parcel(id: ID!): Parcel }
        type Parcel @key(fields: "id") @key(fields: "code") {
          id: ID! code: String! weight: Float cost(currency: String! = "USD"): Int depot: Depot! @provides(fields: "open")
          sender: Party @shareable history: [[Stop]!]!
        }
        type Stop { hour: Int! depot: Depot }
        type Party @shareable { name: String! vip: Boolean! }
        type Depot @key(fields: "code") { code: ID! open: Boolean @external parcels(limit: Int): [Parcel!]! }
      `,
    },
    {
      name: 'billing',
      sdl: `
        type Query { billed: [Parcel!] }
        type Parcel @key(fields: "code") {
          code: String! cost(currency: String! = "USD"): Int @external fee: String! @requires(fields: "cost(currency: \\"EUR\\")") sender: Party @shareable
        }
        type Party @shareable { name: String! vip: Boolean! }
      `,
    },
  ],
  rootValue: {
    depots: () => depots,
    depot: ({ code }: { code: string }) => depots.find((one) => one.code === code) ?? null,
    staffed: () => [...depots, null],
    parcels: () => parcels,
    parcel: ({ id }: { id: string }) => parcels.find((one) => one.id === id) ?? null,
    billed: () => parcels.slice(1),
  },
  resolveReference(representation) {
    const { __typename, code, place, id } = representation as Thing & { place?: { zip: string } };
    if (__typename === 'Parcel') return parcels.find((one) => one.id === id || one.code === code) ?? null;
    return depots.find((one) => one.code === code || (one.place as { zip: string }).zip === place?.zip) ?? null;
  },
  argumentValues: {
    'Query.depot(code:)': ['north', 'south', 'west'],
    'Query.parcel(id:)': ['x1', 'x2', 'x3', 'x4'],
    'Parcel.cost(currency:)': ['EUR', 'USD'],
    'Depot.parcels(limit:)': [0, 1, 2],
    'Depot.area(scale:)': [1, 2],
  },
};

import { type Fixture, LINK, type Thing } from '../federation/fixture.ts';

const PARCELS = [
  {
    id: 'x1',
    code: 'code-1',
    weight: 1.5,
    depot: 'north',
    sender: 'Ona',
    state: 'SENT',
    meta: { fragile: true, tags: ['a'] },
  },
  { id: 'x2', code: 'code-2', weight: null, depot: 'south', sender: null, state: 'LOST', meta: null },
  { id: 'x3', code: 'code-3', weight: 4.5, depot: 'north', sender: 'Jonas', state: 'KEPT', meta: 'plain' },
];
const DEPOTS = [
  {
    code: 'north',
    zip: 'LT-0',
    width: 10,
    height: null,
    manager: { name: 'Rasa', phone: '+370' },
    open: true,
    doors: 2,
  },
  { code: 'south', zip: 'LT-1', width: 11, height: 5, manager: null, open: false, doors: 0 },
];

/**
 * Nested, composite and several keys; `@requires` with arguments, chains and nested objects; `@provides`, `@override`,
 * values that several subgraphs share, lists of lists, enums, a custom scalar, mutations.
 */
export function depotFixture(): Fixture {
  let parcels: Record<string, unknown>[] = structuredClone(PARCELS);
  let counter = 0;
  const parcelOf = (id: unknown) => parcels.find((parcel) => parcel.id === id) ?? null;
  const depotOf = (code: unknown) => DEPOTS.find((depot) => depot.code === code) ?? null;

  return {
    name: 'depot',
    subgraphs: {
      sites: `${LINK}
        type Query { depots: [Depot!]! depot(code: ID!): Depot rack: [[Depot]] shared: Size @shareable }
        type Depot @key(fields: "code") @key(fields: "place { country { code } zip }") {
          code: ID! place: Place! label: String size: Size! open: Boolean doors: Int! @shareable
        }
        type Place @shareable { country: Country! zip: String! }
        type Country @shareable { code: String! }
        type Size @shareable { width: Int! height: Int }`,
      staff: `${LINK}
        type Query { staffed: [Depot] shared: Size @shareable }
        type Mutation { tick(by: Int! = 1): Int! hire(code: ID!, name: String!): Manager! }
        type Depot @key(fields: "code") {
          code: ID! manager: Manager doors: Int! @shareable
          size: Size! @external
          area(scale: Int! = 1): Int @requires(fields: "size { width height }")
          label(loud: Boolean): String @override(from: "sites")
        }
        type Size @shareable { width: Int! height: Int }
        type Manager { name: String! phone: String deputy: Manager }`,
      climate: `${LINK}
        type Query { humid: [Depot!]! }
        type Depot @key(fields: "place { country { code } zip }") {
          place: Place! humidity(unit: Unit = PERCENT): Float! area(scale: Int! = 1): Int @external
          comfort: String @requires(fields: "area(scale: 2)")
        }
        enum Unit { PERCENT RATIO }
        type Place @shareable { country: Country! zip: String! }
        type Country @shareable { code: String! }`,
      parcels: `${LINK}
        scalar Json
        enum State { SENT KEPT LOST }
        type Query { parcels(state: State): [Parcel!] parcel(id: ID!): Parcel grid: [[[Parcel!]!]]! }
        type Mutation { weigh(id: ID!, weight: Float): Parcel }
        type Parcel @key(fields: "id") @key(fields: "code") {
          id: ID! code: String! weight: Float state: State! meta: Json cost(currency: String! = "USD"): Int
          depot: Depot! @provides(fields: "open") sender: Party @shareable history: [[Stop]!]!
        }
        type Stop { hour: Int! depot: Depot }
        type Party @shareable { name: String! vip: Boolean! }
        type Depot @key(fields: "code") { code: ID! open: Boolean @external parcels(limit: Int, state: [State!]): [Parcel!]! }`,
      billing: `${LINK}
        type Query { billed: [Parcel!] }
        type Parcel @key(fields: "code") {
          code: String! weight: Float @external cost(currency: String! = "USD"): Int @external
          fee: String! @requires(fields: "cost(currency: \\"EUR\\")")
          surcharge: Float @requires(fields: "weight")
          sender: Party @shareable
          lines(filter: LineFilter): [Line!]!
        }
        input LineFilter { min: Int = 1 names: [String!] }
        type Line { name: String! amount: Int parcel: Parcel! }
        type Party @shareable { name: String! vip: Boolean! }`,
      audit: `${LINK}
        type Query { audited: [Parcel] }
        type Parcel @key(fields: "id") {
          id: ID! fee: String! @external surcharge: Float @external
          verdict: String @requires(fields: "fee surcharge") seal: Seal @inaccessible checked: Boolean
        }
        type Seal { number: Int! }`,
    },
    resolvers: {
      Query: {
        depots: () => DEPOTS,
        depot: (_, { code }) => depotOf(code),
        rack: () => [[DEPOTS[0], null], null, [], [DEPOTS[1], DEPOTS[0]]],
        shared: () => ({ width: 7, height: 8 }),
        humid: () => DEPOTS,
        staffed: () => [...DEPOTS, null],
        parcels: (_, { state }) => parcels.filter((parcel) => state == null || parcel.state === state),
        parcel: (_, { id }) => parcelOf(id),
        grid: () => [[[parcels[0]], []], null, [[parcels[1], parcels[2]]]],
        billed: () => parcels.slice(1),
        audited: () => [parcels[2], null, parcels[0]],
      },
      Mutation: {
        tick: (_, { by }) => {
          counter += by;
          return counter;
        },
        weigh(_, { id, weight }) {
          const parcel = parcelOf(id);
          if (parcel !== null) parcel.weight = weight ?? null;
          return parcel;
        },
        hire: (_, { code, name }) => {
          if (depotOf(code) === null) throw new Error('There is no such depot');
          return { name, phone: null };
        },
      },
      Depot: {
        place: ({ zip }: Thing) => ({ country: { code: 'LT' }, zip }),
        size: ({ width, height }: Thing) => ({ width, height }),
        label: ({ code }: Thing, { loud }) => (loud ? `DEPOT ${code}` : `Depot ${code}`),
        humidity: ({ doors }: Thing, { unit }) => (unit === 'RATIO' ? 0.5 : 50 + Number(doors)),
        area: ({ size }: { size: { width: number; height: number | null } }, { scale }) =>
          size.height === null ? null : size.width * size.height * (scale ?? 1),
        comfort: ({ area }: Thing) => (area == null ? null : `comfort ${area}`),
        parcels: ({ code }: Thing, { limit, state }) =>
          parcels
            .filter((parcel) => parcel.depot === code && (state == null || state.includes(parcel.state)))
            .slice(0, Math.max(0, limit ?? 9)),
      },
      Manager: { deputy: ({ name, phone }: Thing) => (phone == null ? null : { name: `${name} II`, phone: null }) },
      Parcel: {
        cost: ({ id }: Thing, { currency }) => String(id).charCodeAt(1) + (currency === 'EUR' ? 10 : 20),
        depot: ({ depot }: Thing) => depotOf(depot),
        sender: ({ sender }: Thing) => (sender == null ? null : { name: sender, vip: sender === 'Jonas' }),
        history: ({ id }: Thing) => [
          [{ hour: 1, depot: 'north' }, null],
          [],
          [{ hour: 9, depot: id === 'x2' ? null : 'south' }],
        ],
        fee: ({ cost }: Thing) => `fee ${cost}`,
        surcharge: ({ weight }: Thing) => (weight == null ? null : Number(weight) * 2),
        lines: ({ id, code }: Thing, { filter }) =>
          ['post', 'wrap', 'duty']
            .map((name, at) => ({ name, amount: at === 2 ? null : at + 1, parcel: id, code }))
            .filter(
              ({ name, amount }) => (filter?.names?.includes(name) ?? true) && (amount ?? 9) >= (filter?.min ?? 0),
            ),
        verdict: ({ fee, surcharge }: Thing) => `${fee} + ${surcharge}`,
        checked: ({ id }: Thing) => (id === 'x1' ? true : null),
      },
      Line: { parcel: ({ parcel }: Thing) => parcelOf(parcel) },
      Stop: { depot: ({ depot }: Thing) => depotOf(depot) },
    },
    resolveReference(typeName, { id, code, place }) {
      if (typeName === 'Parcel') return parcels.find((one) => one.id === id || one.code === code) ?? null;
      const zip = (place as { zip?: unknown } | undefined)?.zip;
      return DEPOTS.find((one) => one.code === code || one.zip === zip) ?? null;
    },
    identify: ({ id, code, zip, name, hour }) => String(id ?? code ?? zip ?? name ?? hour ?? ''),
    reset() {
      parcels = structuredClone(PARCELS);
      counter = 0;
    },
    arguments: {
      'Query.depot(code:)': ['north', 'south', 'west'],
      'Query.parcel(id:)': ['x1', 'x2', 'x3', 'x4'],
      'Mutation.weigh(id:)': ['x1', 'x2', 'x4'],
      'Mutation.hire(code:)': ['north', 'west'],
      'Parcel.cost(currency:)': ['EUR', 'USD'],
      'Depot.parcels(limit:)': [0, 1, 2],
      'Depot.area(scale:)': [1, 2, 3],
    },
  };
}

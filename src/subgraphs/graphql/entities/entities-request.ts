import type { SubgraphOperation } from '../../subgraph.ts';
import { operationOfText } from '../../subgraph-operation.ts';
import { type EntitiesProgram, type Fragment, type LookupCall, PRIVATE } from './entities-program.ts';
import { keyText, type Representation } from './lookup.ts';

/** Most single lookups in one request; more go into further requests, sent at the same time. A list lookup is one call, however long. */
const MAX_LOOKUPS_PER_REQUEST = 50;

/** An entity that is asked for, and every place that wants it. */
export interface WantedEntity {
  readonly representation: Representation;
  /** Indices in `representations`; several where an engine repeats one. */
  readonly indices: number[];
}

/** The entities of one type and one key in one `_entities` field. */
export interface WantedGroup {
  readonly fieldIndex: number;
  readonly typeName: string;
  readonly callIndex: number;
  readonly call: LookupCall;
  /** By the text of the key. */
  readonly entities: Map<string, WantedEntity>;
}

/** One request to the service: a run of single lookups of each group, or a group's list lookup. */
export interface LookupRequest {
  readonly runs: readonly LookupRun[];
  readonly withRest: boolean;
}

export interface LookupRun {
  readonly group: WantedGroup;
  readonly entities: readonly WantedEntity[];
}

/** Sorts representations by type and key. */
export function groupRepresentations(
  program: EntitiesProgram,
  fieldIndex: number,
  representations: readonly Representation[],
  onUnknown: (index: number, representation: Representation) => void,
): WantedGroup[] {
  const groups = new Map<LookupCall, WantedGroup>();
  const types = program.fields[fieldIndex]?.types;
  for (const [index, representation] of representations.entries()) {
    const typeName = String(representation.__typename);
    const calls = types?.get(typeName);
    let key: string | undefined;
    const callIndex = calls?.findIndex(({ lookup }) => {
      key = keyText(lookup.keyFields, representation);
      return key !== undefined;
    });
    const call = calls?.[callIndex ?? -1];
    if (call === undefined || callIndex === undefined || key === undefined) {
      onUnknown(index, representation);
      continue;
    }
    let group = groups.get(call);
    if (group === undefined) {
      group = { fieldIndex, typeName, callIndex, call, entities: new Map() };
      groups.set(call, group);
    }
    const wanted = group.entities.get(key);
    if (wanted === undefined) group.entities.set(key, { representation, indices: [index] });
    else wanted.indices.push(index);
  }
  return [...groups.values()];
}

/** Spreads the lookups over as few requests as the maximum allows. */
export function packRequests(groups: readonly WantedGroup[], hasRest: boolean): LookupRequest[] {
  const first: LookupRun[] = [];
  const requests: LookupRun[][] = [first];
  let current = first;
  let room = MAX_LOOKUPS_PER_REQUEST;
  for (const group of groups) {
    const entities = [...group.entities.values()];
    if (group.call.lookup.takesList) {
      first.push({ group, entities });
      continue;
    }
    for (let start = 0; start < entities.length; ) {
      if (room === 0) {
        current = [];
        requests.push(current);
        room = MAX_LOOKUPS_PER_REQUEST;
      }
      const run = entities.slice(start, start + room);
      current.push({ group, entities: run });
      start += run.length;
      room -= run.length;
    }
  }
  return requests
    .map((runs, index) => ({ runs, withRest: hasRest && index === 0 }))
    .filter((request) => request.runs.length > 0 || request.withRest);
}

/** Says which text a request needs: equal shapes have equal texts. */
export function shapeOf({ runs, withRest }: LookupRequest): string {
  let shape = withRest ? 'r' : '';
  for (const { group, entities } of runs) {
    shape += `;${group.fieldIndex}.${group.typeName}.${group.callIndex}.${group.call.lookup.takesList ? '' : entities.length}`;
  }
  return shape;
}

/** The operation of a shape, and which of the client operation's variables it uses. */
export interface ShapedOperation {
  readonly operation: SubgraphOperation;
  readonly variables: readonly string[];
}

/** Writes the operation of a shape. A list lookup has the alias of its run; a single one that of the run and its number. */
export function writeOperation(program: EntitiesProgram, request: LookupRequest): ShapedOperation {
  const used = new Set<string>();
  const definitions: string[] = [];
  let selections = '';
  const include = ({ text, variables }: Fragment) => {
    for (const name of variables) used.add(name);
    return text;
  };
  for (const [runIndex, { group, entities }] of request.runs.entries()) {
    const { lookup, selection } = group.call;
    const directives = program.fields[group.fieldIndex]?.directives ?? { text: '', variables: [] };
    const times = lookup.takesList ? 1 : entities.length;
    for (let number = 0; number < times; number++) {
      const alias = aliasOf(runIndex, lookup.takesList ? undefined : number);
      let call = lookup.argumentPieces[0] ?? '';
      for (const [hole, { type }] of lookup.holes.entries()) {
        definitions.push(`$${alias}_${hole}:${type}`);
        call += `$${alias}_${hole}${lookup.argumentPieces[hole + 1]}`;
      }
      selections += `${alias}:${lookup.fieldName}(${call})${include(directives)}${include(selection)}`;
    }
  }
  if (request.withRest && program.rest !== undefined) selections += include(program.rest).slice(1, -1);
  for (const name of used) definitions.push(program.variableDefinitions.get(name) ?? '');
  const name = program.name ?? '';
  const text = `query${name === '' ? '' : ` ${name}`}${definitions.length === 0 ? '' : `(${definitions.join(' ')})`}{${selections}}`;
  return { operation: operationOfText('query', program.name, text), variables: [...used] };
}

/** The values of a request's variables; those of the client's operation that its text uses are taken over. */
export function fillVariables(
  request: LookupRequest,
  taken: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of taken) if (Object.hasOwn(given, name)) values[name] = given[name];
  for (const [runIndex, { group, entities }] of request.runs.entries()) {
    const { holes, takesList } = group.call.lookup;
    if (takesList) {
      const [hole] = holes;
      if (hole !== undefined)
        values[`${aliasOf(runIndex)}_0`] = entities.map((wanted) => hole.read(wanted.representation));
      continue;
    }
    for (const [number, { representation }] of entities.entries()) {
      for (const [index, hole] of holes.entries())
        values[`${aliasOf(runIndex, number)}_${index}`] = hole.read(representation);
    }
  }
  return values;
}

export function aliasOf(run: number, number?: number): string {
  return number === undefined ? `${PRIVATE}${run}` : `${PRIVATE}${run}_${number}`;
}

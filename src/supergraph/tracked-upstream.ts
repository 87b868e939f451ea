import type { Subgraph } from '../subgraphs/subgraph.ts';
import { definedFields, fieldsOnlyOf, lostFields, publicFields } from './lost-fields.ts';
import { type Candidate, describeRejection, type Selection } from './quarantine.ts';
import type { Supergraph } from './supergraph.ts';
import type { UpstreamStatus } from './supergraph-watcher.ts';
import type { UpstreamReader } from './upstream-reader.ts';

/** What is known of one upstream. */
export interface TrackedUpstream {
  readonly reader: UpstreamReader;
  /** Of the SDL that was read last; `undefined` where the last reading failed. */
  live: Subgraph | undefined;
  /** That SDL, as it was read: what the subgraph has may be another one, of which no subgraph can be made again. */
  source: string | undefined;
  /** Of the SDL that last composed. */
  pinned: Subgraph | undefined;
  /** The SDL in the store, from which the next start makes that again. */
  stored: string | undefined;
  /** Why the last reading failed. */
  reason: string | undefined;
  status: UpstreamStatus;
  /** Attempts since it was last live. */
  failures: number;
  /** Present while another attempt is planned. */
  cancelRetry: (() => void) | undefined;
}

export function trackUpstream(reader: UpstreamReader, nowMs: number): TrackedUpstream {
  return {
    reader,
    live: undefined,
    source: undefined,
    pinned: undefined,
    stored: undefined,
    reason: undefined,
    status: { name: reader.name, state: 'absent', reason: 'Not read yet', sinceMs: nowMs },
    failures: 0,
    cancelRetry: undefined,
  };
}

export function toCandidate({ reader: { name, file }, live, pinned }: TrackedUpstream): Candidate {
  return { name, file, live, pinned };
}

export function describeUpstream(
  upstream: TrackedUpstream,
  { parts, rejected }: Selection,
  nowMs: number,
): UpstreamStatus {
  const { reader, reason, status } = upstream;
  const state = parts.get(reader.name)?.state ?? 'absent';
  const errors = rejected.get(reader.name);
  const why = reason ?? (errors ? describeRejection(errors) : 'Its SDL does not compose with the others');
  return {
    name: reader.name,
    state,
    reason: state === 'live' ? undefined : why,
    sinceMs: status.state === state ? status.sinceMs : nowMs,
  };
}

/** What clients lack because upstreams are absent. `whole`: the last supergraph in which every upstream took part. */
export function findFieldsLost(
  upstreams: readonly TrackedUpstream[],
  current: Supergraph,
  whole: Supergraph | undefined,
): readonly string[] {
  const absent = upstreams.filter(({ status }) => status.state === 'absent');
  if (absent.length === 0) return [];
  const names = absent.map(({ reader }) => reader.name);
  const had = whole === undefined ? [] : fieldsOnlyOf(whole, names);
  const refused = absent.flatMap(({ live }) => (live === undefined ? [] : definedFields(live.sdl)));
  return lostFields([...had, ...refused], publicFields(current.apiSchema));
}

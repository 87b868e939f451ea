import type { RequestContext } from '../../edge/request-context.ts';
import type { SubgraphError } from '../../subgraphs/subgraph.ts';
import type { EntitySelection } from '../compile/step.ts';
import type { JsonObject } from '../own.ts';
import type { Collected } from './collect-targets.ts';
import { type ClientError, type Path, toClientError, UpstreamRecord } from './failure.ts';

/** One execution of a program: the data that grows from step to step, and what went wrong. */
export class Run {
  readonly data: JsonObject = {};
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** What selections mean, for as long as nothing new comes into `data`. */
  collected: Map<EntitySelection, Collected> | undefined;
  /** Upstream errors whose places in `data` hold a failure; `undefined`: none so far. */
  records: UpstreamRecord[] | undefined;
  errors: ClientError[] | undefined;
  /** Failures that the writer met and that other failures may explain. */
  collateral: { readonly record: UpstreamRecord; readonly path: Path }[] | undefined;
  /** Objects of an abstract type whose concrete one could not be fetched, with the reason. */
  untold: Map<JsonObject, UpstreamRecord> | undefined;
  /** Indexes of the list items that the writer is at, by nesting. */
  readonly indexes: number[] = [];
  /** Root fields that no subgraph answers. */
  introspection: Readonly<Record<string, unknown>> | undefined;

  constructor(variables: Readonly<Record<string, unknown>>, context: RequestContext) {
    this.variables = variables;
    this.context = context;
  }

  record(error: SubgraphError): UpstreamRecord {
    const record = new UpstreamRecord(error);
    if (this.records === undefined) this.records = [record];
    else this.records.push(record);
    return record;
  }

  /** @param path with the client's response keys. */
  report(record: UpstreamRecord, path: Path | undefined): void {
    record.isReported = true;
    this.addError(toClientError(record, path));
  }

  addError(error: ClientError): void {
    if (this.errors === undefined) this.errors = [error];
    else this.errors.push(error);
  }
}

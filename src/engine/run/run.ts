import type { RequestContext } from '../../edge/request-context.ts';
import type { SubgraphError } from '../../subgraphs/subgraph.ts';
import type { EntitySelection } from '../compile/step.ts';
import type { JsonObject } from '../own.ts';
import type { Collected } from './collect-targets.ts';
import { type ClientError, type Path, toClientError } from './failure.ts';

/** One execution of a program: the data that grows from step to step, and what went wrong. */
export class Run {
  readonly data: JsonObject = {};
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** What selections mean, for as long as nothing new comes into `data`. */
  collected: Map<EntitySelection, Collected> | undefined;
  /** Whether `data` may hold failures. */
  hasFailures = false;
  errors: ClientError[] | undefined;
  /** Failures that the writer met and that other failures may explain. */
  collateral: { readonly error: SubgraphError; readonly path: Path }[] | undefined;
  /** Objects of an abstract type whose concrete one could not be fetched, with the reason. */
  untold: Map<JsonObject, SubgraphError> | undefined;
  /** Objects that a subgraph does not have: what they lack is no failure. */
  missing: Set<JsonObject> | undefined;
  /** Indexes of the list items that the writer is at, by nesting. */
  readonly indexes: number[] = [];
  /** Root fields that no subgraph answers. */
  introspection: Readonly<Record<string, unknown>> | undefined;

  constructor(variables: Readonly<Record<string, unknown>>, context: RequestContext) {
    this.variables = variables;
    this.context = context;
  }

  /** @param path with the client's response keys. */
  report(error: SubgraphError, path: Path | undefined): void {
    this.addError(toClientError(error, path));
  }

  addError(error: ClientError): void {
    if (this.errors === undefined) this.errors = [error];
    else this.errors.push(error);
  }
}

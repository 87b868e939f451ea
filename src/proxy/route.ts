import type { RouteConfig } from '../config/config.ts';
import type { RequestHead } from '../edge/edge.ts';
import type { Identify } from '../edge/identity/requirement.ts';
import type { ExchangeRules } from './open-exchange.ts';
import type { ReadParameters } from './path-parameters.ts';
import type { Answerer, Upgrader } from './route-exchange.ts';

/** A route in service. */
export interface Route {
  readonly name: string;
  readonly config: RouteConfig;
  /** Its own requirement; `undefined`: as the gateway has it. */
  readonly identify: Identify | undefined;
  /** Milliseconds to the end of the answer; `undefined`: as the gateway has it. */
  readonly timeoutMs: number | undefined;
  /** The same for requests with a body. */
  readonly uploadTimeoutMs: number | undefined;
  readonly readParameters: ReadParameters;
  /** The layers and the answerer in one. */
  readonly answer: Answerer;
  /** Without layers: there is no body that they could change. `undefined`: nothing behind the route can be upgraded. */
  readonly upgrade: Upgrader | undefined;
}

/** All routes of a config. */
export interface Routes {
  readonly size: number;
  match(head: RequestHead): Route | undefined;
  /** What all routes have in common. */
  readonly rules: ExchangeRules;
  /** For the `Allow` field where only the method has no route; empty: nothing has this path. */
  allowedMethods(head: RequestHead): readonly string[];
}

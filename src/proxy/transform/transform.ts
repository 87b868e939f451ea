import type { RequestContext } from '../../edge/request-context.ts';
import type { RouteAnswer, RouteExchange } from '../route-exchange.ts';
import type { Variables } from '../route-variables.ts';
import type { TransformContext } from './route-transform.ts';

/** What a transform changes of a request, and what it knows of it. */
export type TransformableRequest = Pick<
  RouteExchange,
  'method' | 'path' | 'query' | 'headers' | 'body' | 'parameters'
> & { readonly scope: RequestContext };

/** What is known of a request when its answer comes. */
export interface TransformState {
  /** Of the client's request, before any rule. */
  readonly variables: Variables;
  readonly context: TransformContext;
  /** Whether the client asked for the header alone. */
  readonly isHead: boolean;
}

/** `transform` of a route, compiled. */
export interface Transform {
  /** Whether bodies of requests are read whole. */
  readonly readsRequest: boolean;
  /** Whether bodies of answers are read whole. */
  readonly readsAnswer: boolean;
  /**
   * Changes a request into what is sent.
   * @throws {WeirError} `BAD_USER_INPUT` for values that have no place in the request, what a function throws for clients, and what reading
   *   the body throws.
   */
  request(request: TransformableRequest): Promise<TransformState>;
  /**
   * Changes an answer into what the client gets. Its body is destroyed if this throws.
   * @throws {WeirError} `UPSTREAM_BAD_RESPONSE` for one that cannot be changed.
   */
  answer(answer: RouteAnswer, state: TransformState): Promise<void>;
}

import type { RequestContext } from '../../edge/request-context.ts';

/** The default export of a module that `transform.function` of a route names. Each function changes what it is given. */
export interface RouteTransform {
  /**
   * What `body` of a request and an answer is. `json`: what JSON it has, read whole, up to `transform.max_body`. `none`: nothing; bodies
   * flow through. Default: `json`.
   */
  readonly body?: 'json' | 'none';
  /**
   * Changes a request after the rules of the route, before it is sent. To refuse it, throw a `WeirError` whose code is for clients;
   * what else it throws is answered with 500 and logged.
   */
  request?(request: TransformedRequest, context: TransformContext): void | Promise<void>;
  /** Changes an answer before the rules of the route. What it throws is answered as for a request. */
  answer?(answer: TransformedAnswer, context: TransformContext): void | Promise<void>;
}

export interface TransformedRequest {
  method: string;
  /** Percent-encoded, without query. */
  path: string;
  query: URLSearchParams;
  /** Fields of framing and of the connection are not among them, and are not set. */
  headers: Headers;
  /** `undefined`: no body, none of JSON, or not read. Numbers that a double cannot hold are objects whose `text` has their digits. */
  body: unknown;
}

export interface TransformedAnswer {
  /** 200 to 599. */
  status: number;
  headers: Headers;
  /** As of {@link TransformedRequest}. */
  body: unknown;
}

/** What the functions may know beside the message. */
export interface TransformContext {
  /** Identity, headers, deadline and abort signal of the client's request. */
  readonly request: RequestContext;
  /** Of the client's request, before any rule. */
  readonly method: string;
  /** Of the client's request, before any rule. */
  readonly path: string;
  /** The parameters of the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
}

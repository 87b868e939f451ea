import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { EncodedForms } from '../content-coding/encoded-forms.ts';
import type { RequestContext } from '../edge/request-context.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import type { FieldLines } from './field-lines.ts';
import type { Route } from './route.ts';

/** Identity, deadline, abort signal, request id, facts for the log. */
export type RouteScope = RequestContext & Pick<RequestScope, 'head' | 'facts' | 'startedMs' | 'endWithCredential'>;

/** A request on a route, as it goes from layer to layer to what answers it. Each layer may change it before it goes on. */
export interface RouteExchange {
  readonly route: Route;
  readonly scope: RouteScope;
  method: string;
  /** In normal form, percent-encoded; sent to the upstream below the path of its endpoint. */
  path: string;
  /** Without `?` and without credentials; `''`: none. */
  query: string;
  /** End-to-end fields of the client, with what the gateway says of it (forwarding, `Via`). The transport adds ids and credentials. */
  headers: FieldLines;
  /** Flows from the client; `null`: none. Who needs it whole reads it with `readBody`. */
  body: Readable | Buffer | null;
  /** The parameters of the route's path, percent-decoded. Read when asked for. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The connection itself, for interim answers and tunnels. */
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** An answer on its way to the client. Who gets one owns it, and may change it. */
export interface RouteAnswer {
  status: number;
  /** End-to-end fields. `content-length` is there where the length is known. */
  headers: FieldLines;
  /** A stream must be read to its end or destroyed. `null`: none. */
  body: Readable | Buffer | null;
  /** Of a body that is kept for others too, while it is as it is kept. */
  readonly forms?: EncodedForms | undefined;
  /** Once `body` has ended. */
  trailers?: (() => Readonly<Record<string, string[]>> | undefined) | undefined;
}

/** Answers a request. @throws {WeirError} What is thrown becomes a problem (RFC 9457). */
export type Answerer = (exchange: RouteExchange) => Promise<RouteAnswer>;

/** A connection that an upstream has given to another protocol, and the fields of its answer. */
export interface UpgradedAnswer {
  readonly headers: FieldLines;
  readonly socket: Duplex;
}

/** Asks for another protocol (RFC 9110 §7.8); an upstream that declines answers as usual. Throws as an {@link Answerer}. */
export type Upgrader = (exchange: RouteExchange, protocol: string) => Promise<UpgradedAnswer | RouteAnswer>;

/** What stands around an answerer, compiled once for a route. */
export interface Layer {
  wrap(next: Answerer): Answerer;
  /** The same around a change of protocol. Default: the layer has no say in it. */
  wrapUpgrade?(next: Upgrader): Upgrader;
  /** Reads the body of the request before it goes on. Default: it flows through. */
  readonly readsRequest?: boolean;
  /** Reads the body of the answer: the upstream is then asked for one without content coding. Default: it flows through. */
  readonly readsAnswer?: boolean;
}

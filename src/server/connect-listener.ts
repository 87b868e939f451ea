import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Duplex } from 'node:stream';
import { normalizePath } from '../edge/normal-path.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { FieldLines } from '../proxy/field-lines.ts';
import { cutStream, GOING_AWAY, type Tunnel } from '../proxy/tunnel.ts';
import { writeHead } from '../proxy/write-answer.ts';
import { isAnswered } from './is-answered.ts';
import { findBreach } from './listeners/framing.ts';
import { openTunnel, type TunnelParts } from './open-tunnel.ts';
import { keepOwnFields } from './own-fields.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';
import { openFields } from './request-listener.ts';

/**
 * Takes over streams of HTTP/2 that ask for a WebSocket by an extended CONNECT (RFC 8441 §5). Nothing that a request does throws
 * out of it.
 * @returns what closes the tunnel.
 */
export type ConnectListener = (request: IncomingMessage, response: ServerResponse) => () => void;

export function createConnectListener(parts: TunnelParts): ConnectListener {
  const { reception, routes, logger, headerLimits, surface } = parts;
  return (request, response) => {
    const { stream } = request as unknown as Http2ServerRequest;
    const breach = findBreach(request, headerLimits);
    const normal = normalizePath(rawPathOf(request));
    // What CONNECT does here, GET does in HTTP/1.1: one route is for both.
    const head = { ...headOfNodeRequest(request, normal, surface?.listener), method: 'GET' };
    const scope = reception.open(head);
    keepOwnFields(response, openFields(scope));
    let tunnel: Tunnel | undefined;
    stream.on('error', () => {});
    stream.once('close', () => {
      const isDone = tunnel !== undefined || isAnswered(response);
      if (!isDone) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      reception.close(scope, isDone ? response.statusCode : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    const accept = (lines: FieldLines): Duplex | undefined => {
      if (stream.destroyed || stream.closed) return undefined;
      writeHead(response, 200, lines);
      response.flushHeaders();
      return stream;
    };
    void openTunnel({ breach, routes: routes(), normal, scope, request, response, accept }, logger).then((opened) => {
      tunnel = opened;
    });
    return () => {
      if (tunnel === undefined) cutStream(stream);
      else tunnel.close(GOING_AWAY);
    };
  };
}

import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { normalizePath } from '../edge/normal-path.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { FieldLines } from '../proxy/field-lines.ts';
import { GOING_AWAY, type Tunnel } from '../proxy/tunnel.ts';
import { findBreach } from './listeners/framing.ts';
import { openTunnel, type TunnelParts } from './open-tunnel.ts';
import { keepOwnFields } from './own-fields.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';
import { openFields } from './request-listener.ts';

/**
 * Takes over connections that ask for a WebSocket. Nothing that a request does throws out of it.
 * @returns what closes the tunnel.
 */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => () => void;

export function createUpgradeListener(parts: TunnelParts): UpgradeListener {
  const { reception, routes, logger, headerLimits, surface } = parts;
  return (request, socket, head) => {
    const breach = findBreach(request, headerLimits);
    const normal = normalizePath(rawPathOf(request));
    const scope = reception.open(headOfNodeRequest(request, normal, surface?.listener));
    // What is no tunnel in the end is answered like any other request, and ends the connection.
    const response = new ServerResponse(request);
    keepOwnFields(response, openFields(scope));
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => socket.end());
    let tunnel: Tunnel | undefined;
    socket.on('error', () => {});
    socket.once('close', () => {
      const isAnswered = tunnel !== undefined || response.writableFinished;
      if (!isAnswered) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      const status = tunnel === undefined ? response.statusCode : 101;
      reception.close(scope, isAnswered ? status : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    const early = readEarly(socket, head);
    const accept = (lines: FieldLines): Duplex | undefined => {
      if (socket.destroyed) return undefined;
      response.detachSocket(socket as Socket);
      socket.write(switchingProtocols(lines), 'latin1');
      early.giveBack();
      return socket;
    };
    void openTunnel({ breach, routes: routes(), normal, scope, request, response, accept }, logger).then((opened) => {
      tunnel = opened;
    });
    return () => {
      if (tunnel === undefined) socket.destroy();
      else tunnel.close(GOING_AWAY);
    };
  };
}

/** What a client sends before the tunnel is there. */
interface EarlyBytes {
  giveBack(): void;
}

/** Most of them that are kept; then the client waits. */
const MAX_EARLY_BYTES = 65_536;

/** Reads on while the upstream is asked: only a connection that is read tells that its client has left. */
function readEarly(socket: Duplex, head: Buffer): EarlyBytes {
  const chunks = [head];
  let bytes = head.length;
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_EARLY_BYTES) socket.pause();
  };
  const onEnd = () => socket.destroy();
  socket.on('data', onData).on('end', onEnd);
  return {
    giveBack() {
      socket.off('data', onData).off('end', onEnd).pause();
      if (bytes > 0) socket.unshift(Buffer.concat(chunks, bytes));
    },
  };
}

function switchingProtocols(lines: FieldLines): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${lines[at + 1]}\r\n`;
  return `${head}\r\n`;
}

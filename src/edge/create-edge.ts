import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Edge } from './edge.ts';
import { JwtMechanism } from './identity/jwt.ts';
import { KeySet } from './identity/key-set.ts';
import { keysFromFile, keysFromUrl } from './identity/load-keys.ts';

/** What a request id may look like to be taken over from a client: safe in headers, logs and file names. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/** Compiles the edge rules of the config. */
export function createEdge(config: Config): Edge {
  const { jwt } = config.auth;
  const keys = jwt && new KeySet(/^https?:/.test(jwt.jwks) ? keysFromUrl(jwt.jwks) : keysFromFile(jwt.jwks));
  const mechanism =
    jwt &&
    keys &&
    new JwtMechanism({
      issuers: [
        {
          issuer: jwt.issuer,
          keys,
          algorithms: jwt.algorithms,
          clockSkewMs: jwt.clockSkewMs,
          ...(jwt.audience !== undefined && { audience: [jwt.audience].flat() }),
        },
      ],
    });
  return {
    requestId({ headers }) {
      const given = headers['x-request-id'];
      return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    },
    clientAddress: ({ peerAddress }) => peerAddress,
    identify: (head) => mechanism?.identify({ headers: head.headers, query: head.query }) ?? null,
    async close() {
      await mechanism?.close();
    },
  };
}

import type { Config } from '../../config/config.ts';

export type ServerDefinition = Config['server'];
/** One listener of the config. */
export type ListenerDefinition = ServerDefinition['listeners'][number];
export type TlsDefinition = NonNullable<ListenerDefinition['tls']>;

/** The listeners of the config; the short form is one of them. */
export function listenersOf({ listeners, host, port = 4000 }: ServerDefinition): readonly ListenerDefinition[] {
  if (listeners.length > 0) return listeners;
  return [{ ...ABSENT, name: 'public', purpose: 'public', host, port }];
}

const ABSENT = {
  reusePort: undefined,
  unix: undefined,
  mode: undefined,
  tls: undefined,
  http2: undefined,
  proxyProtocol: undefined,
} as const;

/** What requests find at a listener. */
export interface Surface {
  readonly listener: string;
  /** GraphQL and routes. */
  readonly isPublic: boolean;
  /** `/livez`, `/readyz`, `/metrics`. */
  readonly isAdmin: boolean;
}

/** Where nothing is for administrators alone, their pages are public. */
export function surfaceOf({ name, purpose }: ListenerDefinition, all: readonly ListenerDefinition[]): Surface {
  const isAdmin = purpose === 'admin';
  return { listener: name, isPublic: !isAdmin, isAdmin: isAdmin || all.every((one) => one.purpose !== 'admin') };
}

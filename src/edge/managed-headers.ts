import { remember } from '../remember.ts';
import { foldHeaderName } from './header-names.ts';

export interface ManagedHeaders {
  /** The headers without any form of a managed one. Given back as it is where there is none: the usual case. */
  strip(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>>;
  has(name: string): boolean;
}

/**
 * Headers that the gateway alone may set: what it tells upstreams of the client. The client's copies go before anything
 * reads them, whatever they look like: `x-user`, `X_User`, `X.User` are one name to a CGI or WSGI service. `Connection` loses
 * the names too, since a proxy behind would drop the gateway's own header for it (RFC 9110 §7.6.1).
 */
export function compileManagedHeaders(names: readonly string[]): ManagedHeaders {
  const managed = new Set(names.map(foldHeaderName));
  const has = remember((name) => managed.has(foldHeaderName(name)));
  return {
    has,
    strip(headers) {
      if (managed.size === 0) return headers;
      let clean: Record<string, string | undefined> | undefined;
      for (const name of Object.keys(headers)) {
        if (!has(name)) continue;
        clean ??= { ...headers };
        delete clean[name];
      }
      const { connection } = headers;
      if (connection === undefined || connection.length < MIN_NAME_LENGTH) return clean ?? headers;
      const tokens = connection.split(',');
      const kept = tokens.filter((token) => !has(token.trim()));
      if (kept.length === tokens.length) return clean ?? headers;
      clean ??= { ...headers };
      if (kept.length === 0) delete clean.connection;
      else clean.connection = kept.join(',').trim();
      return clean;
    },
  };
}

const MIN_NAME_LENGTH = 2;

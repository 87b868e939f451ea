import type { TokenSource } from './identity/token-source.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Takes the client's credentials out of its headers before they are sent on: authentication ends at the gateway. Given
 * back as they are where there is none.
 */
export function compileCredentialRemover(sources: readonly TokenSource[]): (headers: Headers) => Headers {
  const headerSources = sources.filter((source) => source.in === 'header');
  const cookies = new Set(sources.flatMap((source) => (source.in === 'cookie' ? [source.name] : [])));
  return (headers) => {
    let clean: Record<string, string | undefined> | undefined;
    for (const { name, scheme } of headerSources) {
      const value = headers[name.toLowerCase()];
      if (value === undefined || !hasScheme(value, scheme)) continue;
      clean ??= { ...headers };
      delete clean[name.toLowerCase()];
    }
    if (cookies.size === 0 || headers.cookie === undefined) return clean ?? headers;
    const kept = headers.cookie.split(';').filter((pair) => !cookies.has(nameOf(pair)));
    if (kept.length === headers.cookie.split(';').length) return clean ?? headers;
    clean ??= { ...headers };
    if (kept.length === 0) delete clean.cookie;
    else clean.cookie = kept.join(';').trim();
    return clean;
  };
}

/** RFC 9110 §11.1: schemes have no case. Another scheme is a credential for somebody else. */
function hasScheme(value: string, scheme: string): boolean {
  return scheme === '' || value.toLowerCase().startsWith(`${scheme.toLowerCase()} `);
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals === -1 ? pair : pair.slice(0, equals)).trim();
}

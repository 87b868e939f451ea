/** Takes credentials out of a query before it is sent on or logged. `names` are the parameters that carry them. */
export function compileQueryCleaner(names: readonly string[]): (query: string) => string {
  if (names.length === 0) return (query) => query;
  const hidden = new Set(names);
  return (query) => {
    if (query === '') return query;
    const pairs = query.split('&');
    const kept = pairs.filter((pair) => !hidden.has(decodeName(pair)));
    return kept.length === pairs.length ? query : kept.join('&');
  };
}

/** As the reader of the credential sees the name, percent-encoded or not (URL standard, form parser). */
function decodeName(pair: string): string {
  const equals = pair.indexOf('=');
  const name = equals === -1 ? pair : pair.slice(0, equals);
  return new URLSearchParams(`${name}=`).keys().next().value ?? '';
}

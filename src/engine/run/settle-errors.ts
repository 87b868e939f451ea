import type { Path } from './failure.ts';
import type { Run } from './run.ts';

/**
 * After writing: gives an error to every null that a failure made and that nothing explains yet. A failure that the writer did not
 * meet cost the client nothing.
 * @param dataText the answer's `data`.
 */
export function settleErrors(run: Run, dataText: string): void {
  if (run.collateral === undefined) return;
  const data: unknown = JSON.parse(dataText);
  const explained = new Set((run.errors ?? []).map(({ path }) => findNull(data, path ?? [])));
  for (const { error, path } of run.collateral) {
    const place = findNull(data, path);
    if (explained.has(place)) continue;
    explained.add(place);
    run.report(error, path);
  }
}

/** The path, as JSON, of the first null on the way along a path; `undefined`: there is none. */
function findNull(data: unknown, path: Path): string | undefined {
  let value = data;
  for (let depth = 0; ; depth++) {
    if (value === null || value === undefined) return JSON.stringify(path.slice(0, depth));
    const segment = path[depth];
    if (segment === undefined || typeof value !== 'object') return undefined;
    value = Object.hasOwn(value, segment) ? (value as Record<string | number, unknown>)[segment] : undefined;
  }
}

/** Where two JSON values differ. */
export interface Difference {
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly kind: 'missing' | 'added' | 'type' | 'value';
}

/** The order of members does not count, that of elements does. Ends at `most` differences. */
export function diffJson(expected: unknown, actual: unknown, most = 20): Difference[] {
  const differences: Difference[] = [];
  compare(expected, actual, '', differences, most);
  return differences;
}

function compare(expected: unknown, actual: unknown, path: string, found: Difference[], most: number): void {
  if (found.length >= most || expected === actual) return;
  const kind = kindOf(expected);
  if (kind !== kindOf(actual)) {
    found.push({ path, kind: 'type' });
  } else if (kind === 'array') {
    compareArrays(expected as unknown[], actual as unknown[], path, found, most);
  } else if (kind === 'object') {
    compareObjects(expected as Record<string, unknown>, actual as Record<string, unknown>, path, found, most);
  } else {
    found.push({ path, kind: 'value' });
  }
}

function compareArrays(expected: unknown[], actual: unknown[], path: string, found: Difference[], most: number): void {
  const common = Math.min(expected.length, actual.length);
  for (let i = 0; i < common; i++) compare(expected[i], actual[i], `${path}/${i}`, found, most);
  if (expected.length > common && found.length < most) found.push({ path: `${path}/${common}`, kind: 'missing' });
  if (actual.length > common && found.length < most) found.push({ path: `${path}/${common}`, kind: 'added' });
}

function compareObjects(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  path: string,
  found: Difference[],
  most: number,
): void {
  for (const name of Object.keys(expected)) {
    const child = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (Object.hasOwn(actual, name)) compare(expected[name], actual[name], child, found, most);
    else if (found.length < most) found.push({ path: child, kind: 'missing' });
  }
  for (const name of Object.keys(actual)) {
    if (found.length >= most) return;
    if (Object.hasOwn(expected, name)) continue;
    found.push({ path: `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, kind: 'added' });
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

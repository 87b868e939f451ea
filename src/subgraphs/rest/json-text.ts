/** More digits than a double surely holds. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON; an integer that a double cannot hold becomes the string of its digits, so that no id changes.
 * @throws {SyntaxError}
 */
export function readJson(text: string): unknown {
  // A reviver is slow, and rarely needed.
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  const isUnsafe = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isUnsafe && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

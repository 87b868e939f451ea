declare global {
  interface JSON {
    /** A value that `stringify` writes as this text. */
    rawJSON(text: string): object;
  }
}

/**
 * A number of a JSON text that a double cannot hold: it is passed on, compared and written into texts digit for digit, and is not
 * computed with.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): object {
    return JSON.rawJSON(this.text);
  }
}

/** Whether a text may have a number that a double cannot hold: with more digits than 15, or a large exponent. */
const SUSPICIOUS = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/**
 * Parses JSON as `JSON.parse` does, but for numbers that would change: those become {@link ExactNumber}s.
 * @throws {SyntaxError}
 */
export function parseExactly(text: string): unknown {
  // A reviver is slow, and rarely needed.
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || isExact(value, source)) return value;
  return new ExactNumber(source);
}

function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (String(value) === source) return true;
  const digits = source
    .replace(/[eE].*$|[-.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
  if (value === 0) return digits === '';
  // Any decimal of 15 digits comes back from a double as it was.
  return digits.length <= 15;
}

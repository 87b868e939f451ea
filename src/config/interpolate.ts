/** A text with the environment's values in place of its `${…}`, and what stood in the way. */
interface Interpolation {
  readonly text: string;
  /** Whether any part of `text` came from the environment or a default. */
  readonly isInterpolated: boolean;
  readonly problems: readonly InterpolationProblem[];
}

interface InterpolationProblem {
  /** The `${…}` as it is written. */
  readonly reference: string;
  readonly message: string;
  readonly hint: string;
}

// `$${` first: it is a literal `${`. A `${` without `}` is matched to the end, to be refused.
const REFERENCE = /\$\$\{|\$\{[^}]*\}?/g;
const FORM = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/;

/** Replaces `${NAME}` and, where NAME is unset or empty, `${NAME:-default}`. `$${` gives a literal `${`. */
export function interpolate(written: string, env: Readonly<Record<string, string | undefined>>): Interpolation {
  if (!written.includes('${')) return { text: written, isInterpolated: false, problems: [] };
  const problems: InterpolationProblem[] = [];
  let isInterpolated = false;
  const text = written.replace(REFERENCE, (reference) => {
    if (reference === '$${') return '${';
    isInterpolated = true;
    const [, name, fallback] = FORM.exec(reference) ?? [];
    if (name === undefined || fallback?.includes('${')) {
      problems.push({
        reference,
        message: `Cannot read ${JSON.stringify(reference)}: must be \${NAME} or \${NAME:-default}`,
        hint: 'Write $${ for a literal ${',
      });
      return reference;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value !== undefined) return value;
    problems.push({
      reference,
      message: `Environment variable ${name} must be set, and is not`,
      hint: `Set ${name} before the start, or write \${${name}:-value} to give a default`,
    });
    return reference;
  });
  return { text, isInterpolated, problems };
}

type Variables = Readonly<Record<string, unknown>>;

/** A number, or one that depends on a request's variables. */
export type Term = number | ((variables: Variables) => number);

export function evaluate(term: Term, variables: Variables): number {
  return typeof term === 'number' ? term : term(variables);
}

export function sum(terms: readonly Term[]): Term {
  return fold(terms, 0, (left, right) => left + right);
}

/** Of none: 0. */
export function max(terms: readonly Term[]): Term {
  return terms.length === 0 ? 0 : fold(terms, Number.NEGATIVE_INFINITY, Math.max);
}

export function product(terms: readonly Term[]): Term {
  return fold(terms, 1, multiply);
}

/** Nothing times anything is nothing, also where the anything has grown out of the numbers. */
function multiply(left: number, right: number): number {
  return left === 0 || right === 0 ? 0 : left * right;
}

/** Constants are folded once. */
function fold(terms: readonly Term[], start: number, join: (left: number, right: number) => number): Term {
  let constant = start;
  const open: Exclude<Term, number>[] = [];
  for (const term of terms) {
    if (typeof term === 'number') constant = join(constant, term);
    else open.push(term);
  }
  if (open.length === 0) return constant;
  return (variables) => {
    let result = constant;
    for (const term of open) result = join(result, term(variables));
    return result;
  };
}

/** One request of the soak and what must come of it. */
export interface SoakRequest {
  readonly body: string;
  /** The whole answer, or how it begins; `undefined`: the client leaves before it is there. */
  readonly expected: string | RegExp | undefined;
}

/** Items of the list that the products service answers. */
export const PRODUCTS = 10;
/** Root fields of an operation of which no other is alike. */
export const ALIASES = 12;

const LIST = JSON.stringify({ query: '{ products { id name reviews { body } } }' });
const LIST_ANSWER = `{"data":{"products":[${Array.from(
  { length: PRODUCTS },
  (_, at) => `{"id":"${at}","name":"Thing","reviews":[{"body":"Good"}]}`,
)}]}}`;
const ONE = 'query One($id: ID!) { product(id: $id) { id price reviews { id } } }';
const ALIASED_ANSWER = `{"data":{${Array.from({ length: ALIASES }, (_, at) => `"a${at}":{"id":"${at}","name":"Thing"}`)}}}`;

/**
 * The mix: mostly the same operations, some with values that are new each time; in every hundred requests five operations that
 * nobody has asked before, two that are refused, one that fails, and one whose client leaves.
 */
export function requestOf(n: number): SoakRequest {
  const turn = n % 100;
  if (turn < 5) {
    const fields = Array.from({ length: ALIASES }, (_, at) => `a${at}: product(id: "${n}-${at}") { id name }`);
    return { body: JSON.stringify({ query: `{ ${fields.join(' ')} }` }), expected: ALIASED_ANSWER };
  }
  if (turn < 7)
    return { body: JSON.stringify({ query: `{ nothing${n} }` }), expected: /^\{"errors":\[\{"message":"Cannot/ };
  if (turn === 7)
    return { body: '{"query":"{ broken { id } }"}', expected: /^\{"errors":.*"data":\{"broken":null\}\}$/ };
  if (turn === 8) return { body: LIST, expected: undefined };
  if (turn < 50) return { body: LIST, expected: LIST_ANSWER };
  return {
    body: JSON.stringify({ query: ONE, variables: { id: `p${n}` } }),
    expected: `{"data":{"product":{"id":"p${n}","price":7,"reviews":[{"id":"r"}]}}}`,
  };
}

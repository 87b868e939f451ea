/** What is asked of every gateway. `n` differs in every request. */
export interface Workload {
  readonly name: string;
  readonly body: (n: number) => string;
}

const PRODUCT = 'inStock name price shippingEstimate upc weight';
const HEAVY = `
  fragment U on User { id username name }
  fragment P on Product { ${PRODUCT} }
  fragment R on Review { id body }
  query Heavy {
    users { ...U reviews { ...R product { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } } } }
    topProducts(first: 5) { ...P reviews { ...R author { ...U reviews { ...R product { ...P } } } } }
  }`;
/** The same answer; the variable stands in every fetch, so that nothing can be joined. */
const HEAVY_UNLIKE = HEAVY.replace('query Heavy', 'query Heavy($n: Int)')
  .replaceAll(/\b(name|reviews|inStock)\b/g, '$1(salt: $n)')
  .replaceAll(/\s+/g, ' ');
const ALIASES = `{ ${Array.from({ length: 200 }, (_, i) => `a${i}: product(upc: "p${(i % 50) + 1}") { name price }`).join(' ')} }`;

export const WORKLOADS: readonly Workload[] = [
  { name: 'heavy', body: () => JSON.stringify({ query: HEAVY }) },
  { name: 'heavy, nothing alike', body: (n) => JSON.stringify({ query: HEAVY_UNLIKE, variables: { n } }) },
  { name: 'small, one fetch', body: () => JSON.stringify({ query: '{ me { id name username } }' }) },
  {
    name: 'list of 1,000 over three subgraphs',
    body: () => JSON.stringify({ query: `{ topProducts(first: 1000) { ${PRODUCT} reviews { id } } }` }),
  },
  { name: '200 aliases', body: () => JSON.stringify({ query: ALIASES }) },
];

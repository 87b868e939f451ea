/** A small shop that four subgraphs share; deterministic, so that every gateway can be held to one answer. */
const WORDS = 'ash birch cedar elm fir hazel larch maple oak pine rowan willow'.split(' ');
const word = (n: number) => WORDS[n % WORDS.length] as string;
const sentence = (n: number, words: number) => Array.from({ length: words }, (_, i) => word(n * 7 + i * 5)).join(' ');

export interface User {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly birthday: number;
}
export interface Product {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
  readonly inStock: boolean;
}
export interface Review {
  readonly id: string;
  readonly body: string;
  readonly authorId: string;
  readonly productUpc: string;
}

export const users: readonly User[] = Array.from({ length: 6 }, (_, i) => ({
  id: `u${i + 1}`,
  name: `${word(i)} ${word(i + 5)}`,
  username: `${word(i)}${i}`,
  birthday: 1_950 + i * 9,
}));

export const products: readonly Product[] = Array.from({ length: 1_000 }, (_, i) => ({
  upc: `p${i + 1}`,
  name: sentence(i, 3),
  price: 100 + ((i * 37) % 900),
  weight: 50 + ((i * 91) % 1_500),
  inStock: i % 3 !== 0,
}));

export const reviews: readonly Review[] = Array.from({ length: 24 }, (_, i) => ({
  id: `r${i + 1}`,
  body: sentence(i, 9),
  authorId: `u${(i % 6) + 1}`,
  productUpc: `p${((i * 5) % 9) + 1}`,
}));

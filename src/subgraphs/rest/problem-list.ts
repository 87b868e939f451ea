import type { ASTNode, StringValueNode } from 'graphql';
import type { TextPosition } from '../../mapping/syntax-error.ts';
import type { SchemaProblem } from '../schema-problem.ts';
import { placeInString, placeOf } from './sdl-place.ts';

/** Collects everything that is wrong with one SDL file, to be told at once. */
export class ProblemList {
  readonly #upstream: string;
  readonly #file: string;
  readonly #problems: SchemaProblem[] = [];

  constructor(upstream: string, file: string) {
    this.#upstream = upstream;
    this.#file = file;
  }

  add(node: ASTNode | undefined, message: string, hint: string): void {
    this.addAt(placeOf(node), message, hint);
  }

  /** @param offset - into the string's value. */
  addInString(node: StringValueNode, offset: number, message: string, hint: string): void {
    this.addAt(placeInString(node, offset), message, hint);
  }

  addAt(place: TextPosition | undefined, message: string, hint: string): void {
    // A text of a source is checked with each of its connectors.
    const isTold = this.#problems.some(
      (told) => told.line === place?.line && told.column === place?.column && told.hint === hint,
    );
    if (isTold && place !== undefined) return;
    this.#problems.push({ upstream: this.#upstream, file: this.#file, ...place, message, hint });
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** In the order of the file. */
  get sorted(): readonly SchemaProblem[] {
    const order = (problem: SchemaProblem): number => (problem.line ?? 0) * 10_000 + (problem.column ?? 0);
    return this.#problems.toSorted((a, b) => order(a) - order(b));
  }
}

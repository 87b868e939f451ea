/**
 * Things that go on over a reload: the one before and the one after hold them together, and they end with their last holder.
 * Keyed by what they were made from: where the config says another thing, another thing is made.
 */
export class Shared<T> {
  readonly #end: (thing: T) => Promise<void>;
  readonly #held = new Map<string, { readonly thing: T; holders: number }>();

  constructor(end: (thing: T) => Promise<void>) {
    this.#end = end;
  }

  /** @returns the thing, and how to let go of it; letting go twice is once. */
  hold(key: string, make: () => T): { readonly thing: T; readonly release: () => Promise<void> } {
    let entry = this.#held.get(key);
    if (entry === undefined) {
      entry = { thing: make(), holders: 0 };
      this.#held.set(key, entry);
    }
    const held = entry;
    held.holders += 1;
    let isHeld = true;
    return {
      thing: held.thing,
      release: async () => {
        if (!isHeld) return;
        isHeld = false;
        held.holders -= 1;
        if (held.holders > 0) return;
        this.#held.delete(key);
        await this.#end(held.thing);
      },
    };
  }
}

/** Functions are compiled without feedback on their types at first; after so many calls they have it. */
const CALLS_UNTIL_FEEDBACK = 100;

/**
 * Makes calls of string methods fast again, in all of the process. Where a class extends `String`, as one of ioredis does, V8 makes a
 * dictionary of `String.prototype`, and leaves it one until a property is read from an object that inherits from it, or from itself.
 * Strings are no objects: nothing else in a gateway would read it that way. Costs nothing where it is fast.
 */
export function keepStringsFast(): void {
  for (let calls = 0; calls < CALLS_UNTIL_FEEDBACK; calls++) readMethod(String.prototype);
}

/** A function of its own, so that all reads are of one place in the code. */
function readMethod(prototype: { readonly at: unknown }): unknown {
  return prototype.at;
}

/** A power of two. */
const SLOTS = 1_024;
/** Longer names are not kept. */
const LONGEST_KEPT = 64;
/** Of so many names that meet another one in their place, one takes it: nobody drives out what others send by sending much. */
const MISSES_UNTIL_REPLACED = 16;

interface KeptName {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Names of fields by their bytes. Clients send few names, but in whatever order: a name that came before is not made into a string again,
 * and all that is looked up by it is looked up by the same string.
 */
export class FieldNames {
  readonly #slots: (KeptName | undefined)[] = Array.from({ length: SLOTS });
  #misses = 0;

  /** @returns The name that stands in `bytes` from `start` to `end`; its characters are ASCII. */
  read(bytes: Buffer, start: number, end: number): string {
    let hash = 0;
    for (let at = start; at < end; at++) hash = (hash * 31 + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const kept = this.#slots[slot];
    if (kept !== undefined && isSame(kept.bytes, bytes, start, end)) return kept.text;
    const text = bytes.toString('latin1', start, end);
    if (text.length > LONGEST_KEPT) return text;
    if (kept === undefined || ++this.#misses % MISSES_UNTIL_REPLACED === 0) {
      this.#slots[slot] = { bytes: Uint8Array.from(bytes.subarray(start, end)), text };
    }
    return text;
  }
}

function isSame(kept: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (kept.length !== end - start) return false;
  for (let at = 0; at < kept.length; at++) if (kept[at] !== bytes[start + at]) return false;
  return true;
}

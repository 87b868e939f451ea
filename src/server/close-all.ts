/** Closes what was opened last first, and all of it: what cannot be closed does not keep the rest open. */
export async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch {}
  }
}

/** Memory that many connections are read into, one after the other, as a view: words of it are read faster than bytes. */
export class ViewedMemory {
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @returns A view of all of the memory that `bytes` are a part of: what stands there at 0 stands here at `bytes.byteOffset`. */
  viewOf({ buffer }: Uint8Array): DataView {
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer);
    return this.#view;
  }
}

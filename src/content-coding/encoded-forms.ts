/** What comes of one body, given again and again, under each content coding. Each form is made when it is first asked for, and once. */
export class EncodedForms {
  readonly body: Buffer;
  readonly #onMade: (bytes: number) => void;
  readonly #forms = new Map<string, Buffer | Promise<Buffer>>();

  /** @param onMade Takes note of the memory that a form holds from then on. */
  constructor(body: Buffer, onMade: (bytes: number) => void) {
    this.body = body;
    this.#onMade = onMade;
  }

  /**
   * @param name Tells one form from another.
   * @throws what `make` throws or rejects with; the next one who asks makes it anew.
   */
  get(name: string, make: () => Buffer | Promise<Buffer>): Buffer | Promise<Buffer> {
    const known = this.#forms.get(name);
    if (known !== undefined) return known;
    const made = make();
    if (Buffer.isBuffer(made)) {
      this.#keep(name, made);
      return made;
    }
    this.#forms.set(name, made);
    made.then(
      (form) => this.#keep(name, form),
      () => this.#forms.delete(name),
    );
    return made;
  }

  #keep(name: string, made: Buffer): void {
    const form = compact(made);
    this.#forms.set(name, form);
    this.#onMade(form.length);
  }
}

/** What an encoder gives is often the small begin of a large piece of memory, all of which it would keep. */
function compact(made: Buffer): Buffer {
  if (made.buffer.byteLength === made.length) return made;
  const form = Buffer.allocUnsafeSlow(made.length);
  made.copy(form);
  return form;
}

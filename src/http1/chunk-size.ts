import { MalformedMessage } from './malformed-message.ts';

/** Hexadecimal digits of a chunk size; more than enough for any body. */
const MAX_DIGITS = 12;
/** Of all chunks of a body together: extensions are read over, and must not cost more than the data. */
const MAX_EXTENSION_BYTES = 16 * 1024;

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SEMICOLON = 0x3b;
const DEL = 0x7f;

/** The value of a hexadecimal digit by its character code; -1: none. */
const HEX = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  HEX[value.toString(16).charCodeAt(0)] = value;
  HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** Reads `chunk-size [ chunk-ext ] CRLF` (RFC 9112 §7.1) in whatever pieces it comes. */
export class ChunkSize {
  /** Bytes of the chunk; of use once {@link read} has found the end of the line. */
  value = 0;
  #digits = 0;
  #part: 'digits' | 'extension' | 'line feed' = 'digits';
  #extensionBytes = 0;
  /** Where {@link read} stopped. */
  at = 0;

  /** For the first line of another body. */
  reset(): void {
    this.#extensionBytes = 0;
    this.#begin();
  }

  /**
   * Reads on in `bytes` from `at` to `end`; `this.at` is where it stopped.
   * @returns Whether the line is complete.
   * @throws {MalformedMessage} If there is no digit, or anything but an extension after the digits.
   */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.#part === 'digits' && this.#digits === 0) this.value = 0;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      switch (this.#part) {
        case 'digits':
          this.#readDigit(byte);
          break;
        case 'extension':
          this.#readExtension(byte);
          break;
        case 'line feed':
          if (byte !== LF) throw new MalformedMessage('A chunk size ends with CR alone');
          this.at = at + 1;
          this.#begin();
          return true;
      }
    }
    this.at = at;
    return false;
  }

  #begin(): void {
    this.#digits = 0;
    this.#part = 'digits';
  }

  #readDigit(byte: number): void {
    const digit = HEX[byte] as number;
    if (digit >= 0) {
      if (++this.#digits > MAX_DIGITS) throw new MalformedMessage('A chunk size is too long');
      this.value = this.value * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new MalformedMessage('A chunk has no size');
    if (byte === CR) this.#part = 'line feed';
    else if (byte === SEMICOLON) this.#part = 'extension';
    else throw new MalformedMessage('A chunk size is not hexadecimal');
  }

  #readExtension(byte: number): void {
    if (byte === CR) {
      this.#part = 'line feed';
      return;
    }
    if ((byte < 0x20 && byte !== HTAB) || byte === DEL)
      throw new MalformedMessage('A chunk extension has a control character');
    if (++this.#extensionBytes > MAX_EXTENSION_BYTES) throw new MalformedMessage('The chunk extensions are too long');
  }
}

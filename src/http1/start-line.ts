import { MalformedMessage } from './malformed-message.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * @returns Where the first line of a message ends, before its CRLF; -1: not before `end`.
 * @throws {MalformedMessage} At CR or LF alone (RFC 9112 §2.2).
 */
export function endOfStartLine(bytes: Uint8Array, at: number, end: number): number {
  for (; at + 1 < end; at++) {
    const byte = bytes[at];
    if (byte === LF) throw new MalformedMessage('A line ends with a line feed alone');
    if (byte !== CR) continue;
    if (bytes[at + 1] !== LF) throw new MalformedMessage('A line ends with a carriage return alone');
    return at;
  }
  return -1;
}

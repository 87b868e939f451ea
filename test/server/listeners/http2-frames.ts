/** RFC 9113 §3.4 */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** RFC 9113 §4.1 */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A whole HEADERS frame with the fields as they are, well-formed or not: literals without indexing (RFC 7541 §6.2.2). */
export function headersFrame(
  stream: number,
  fields: readonly (readonly [name: string, value: string])[],
  { endStream }: { readonly endStream: boolean },
): Buffer {
  const block = fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]);
  return frame(1, 0x4 | (endStream ? 0x1 : 0), stream, Buffer.concat(block));
}

/** RFC 7541 §5.2, not Huffman coded. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** RFC 7541 §5.1 */
function integer(value: number, prefixBits: number): Buffer {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.from([value]);
  const bytes = [limit];
  let rest = value - limit;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

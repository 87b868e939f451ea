/** Begins every header of version 2; nothing that HTTP or TLS could begin with. */
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_BYTES = 16;
const LOCAL = 0x20;
const PROXY = 0x21;

/** What the beginning of a connection says of the client; `length` is that of the header in bytes. */
export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The balancer speaks for itself: the addresses of the connection stand. */
  | { readonly kind: 'local'; readonly length: number }
  /** @param address `''`: the client came to the balancer by a unix socket. */
  | { readonly kind: 'proxied'; readonly length: number; readonly address: string; readonly port: number };

/** By the second byte of the fourth field: bytes of both addresses and ports, and where the client's port stands. */
const FAMILIES = new Map([
  [0x11, { bytes: 12, addressBytes: 4, portAt: 8 }],
  [0x21, { bytes: 36, addressBytes: 16, portAt: 32 }],
  [0x31, { bytes: 216, addressBytes: 0, portAt: undefined }],
]);
const UNSPECIFIED = 0x00;

/**
 * Reads a header of the PROXY protocol, version 2 (HAProxy's proxy-protocol.txt §2.2). Version 1 is not spoken: its text can
 * be mistaken for the beginning of something else. Datagram families cannot come by a stream.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const known = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.compare(SIGNATURE, 0, known, 0, known) !== 0) {
    const isVersion1 = bytes.subarray(0, 5).toString('latin1') === 'PROXY'.slice(0, bytes.length);
    return { kind: 'invalid', reason: isVersion1 ? 'version 1 of the protocol' : 'no header' };
  }
  if (bytes.length < FIXED_BYTES) return { kind: 'incomplete' };
  const command = bytes.readUInt8(12);
  if (command !== LOCAL && command !== PROXY) return { kind: 'invalid', reason: 'unknown version or command' };
  const familyByte = bytes.readUInt8(13);
  const payloadBytes = bytes.readUInt16BE(14);
  const length = FIXED_BYTES + payloadBytes;
  if (bytes.length < length) return { kind: 'incomplete' };
  if (command === LOCAL || familyByte === UNSPECIFIED) return { kind: 'local', length };
  const family = FAMILIES.get(familyByte);
  if (family === undefined) return { kind: 'invalid', reason: 'unknown address family' };
  if (payloadBytes < family.bytes) return { kind: 'invalid', reason: 'addresses are cut short' };
  if (!areWhole(bytes.subarray(FIXED_BYTES + family.bytes, length))) {
    return { kind: 'invalid', reason: 'an additional field overruns the header' };
  }
  const addresses = bytes.subarray(FIXED_BYTES);
  const address = showAddress(addresses.subarray(0, family.addressBytes));
  const port = family.portAt === undefined ? 0 : addresses.readUInt16BE(family.portAt);
  return { kind: 'proxied', length, address, port };
}

/** Additional fields (§2.2.7: a byte of type, two of length) say nothing that is needed, but must end where the header does. */
function areWhole(fields: Buffer): boolean {
  let at = 0;
  while (at < fields.length) {
    if (at + 3 > fields.length) return false;
    at += 3 + fields.readUInt16BE(at + 1);
  }
  return at === fields.length;
}

/** As Node shows the address of a socket, so that one client has one name. */
function showAddress(bytes: Buffer): string {
  if (bytes.length === 0) return '';
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.readUInt16BE(10) === 0xffff && bytes.subarray(0, 10).every((byte) => byte === 0);
  if (isMapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  // RFC 5952: the URL parser has its rules.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

import { isIP } from 'node:net';
import * as z from 'zod';
import { facts } from './facts.ts';

/** An IP address, or a range of them in CIDR form (RFC 4632 §3.1, RFC 4291 §2.3): `10.0.0.0/8`, `::1`. */
export function addressRange(): z.ZodString {
  const schema = z.string().refine(isAddressRange, 'Expected an IP address or a range such as "10.0.0.0/8"');
  facts.add(schema, { type: 'IP address or range' });
  return schema;
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { WeirError } from '../errors.ts';

/**
 * Adds the gateway to the `Via` of a request (RFC 9110 §7.6.3).
 * @throws {WeirError} `LOOP_DETECTED` where it is there already.
 */
export type NextVia = (received: string | undefined, httpVersion: string) => string | undefined;

/** @param name `false`: the field passes as it is. Default: one that other gateways of other folders and hosts do not have. */
export function compileVia(name: string | false | undefined, directory: string): NextVia {
  if (name === false) return (received) => received;
  const pseudonym = name ?? `weir-${hash('sha256', `${hostname()}\n${directory}`, 'hex').slice(0, 8)}`;
  const own: Readonly<Record<string, string>> = Object.fromEntries(
    ['1.0', '1.1', '2.0'].map((version) => [version, `${version} ${pseudonym}`]),
  );
  return (received, httpVersion) => {
    const line = own[httpVersion] ?? `1.1 ${pseudonym}`;
    if (received === undefined) return line;
    if (received.includes(pseudonym) && received.split(',').some((hop) => hop.trim().split(/\s+/)[1] === pseudonym)) {
      throw new WeirError('LOOP_DETECTED');
    }
    return `${received}, ${line}`;
  };
}

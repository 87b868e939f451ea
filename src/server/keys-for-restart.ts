import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';

/** Of `server`, what requests and the end of the process read anew; listeners read everything else once. */
const READ_ANEW: ReadonlySet<string> = new Set(['trustedProxies', 'requestTimeoutMs', 'shutdownDelayMs']);

/**
 * What a reload cannot put into service: sockets are open, and logs and exporters are at work.
 * @param started the config that the process began with.
 * @returns the keys that differ, as they are written in gateway.yaml.
 */
export function keysForRestart(started: Config, next: Config): string[] {
  return [
    ...differing('server', started.server, next.server).filter(([key]) => !READ_ANEW.has(key)),
    ...differing('telemetry', started.telemetry, next.telemetry),
  ].map(([, written]) => written);
}

function differing(section: string, one: object, other: object): (readonly [key: string, written: string])[] {
  const [before, after] = [one, other] as Record<string, unknown>[];
  return Object.keys({ ...before, ...after })
    .filter((key) => !isDeepStrictEqual(before?.[key], after?.[key]))
    .map((key) => [key, `${section}.${writtenKey(key)}`]);
}

/** `headersTimeoutMs` is `headers_timeout` in YAML. */
function writtenKey(key: string): string {
  return key.replace(/(?:Ms|Bytes)$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

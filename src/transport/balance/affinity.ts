import { createHmac, timingSafeEqual } from 'node:crypto';
import { readCookie } from '../headers/cookie.ts';
import type { Candidate } from './balancer.ts';

export interface AffinityOptions {
  readonly cookie: string;
  readonly secret: string;
  readonly maxAgeMs: number;
}

/**
 * A cookie that keeps a client on its endpoint. It holds a code of the endpoint (not its address), the end of its life in
 * seconds since 1970, and an HMAC-SHA-256 over both: a client can neither choose an endpoint nor stay longer.
 */
export class Affinity {
  readonly #options: AffinityOptions;
  readonly #codes = new Map<string, string>();

  constructor(options: AffinityOptions) {
    this.#options = options;
  }

  /** The endpoint that the client belongs to, if it is among the candidates. */
  find<C extends Candidate>(cookieField: string | undefined, candidates: readonly C[], epochMs: number): C | undefined {
    const value = readCookie(cookieField, this.#options.cookie);
    if (value === undefined) return undefined;
    const [code, expires, signature] = value.split('.');
    if (code === undefined || expires === undefined || signature === undefined) return undefined;
    if (!(Number(expires) * 1_000 > epochMs)) return undefined;
    const expected = Buffer.from(this.#sign(`${code}.${expires}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return candidates.find(({ id }) => this.#codeOf(id) === code);
  }

  /** A `Set-Cookie` value (RFC 6265 §4.1) that binds the client to an endpoint. */
  issue(endpointId: string, epochMs: number): string {
    const { cookie, maxAgeMs } = this.#options;
    const maxAge = Math.floor(maxAgeMs / 1_000);
    const payload = `${this.#codeOf(endpointId)}.${Math.floor(epochMs / 1_000) + maxAge}`;
    return `${cookie}=${payload}.${this.#sign(payload)}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax`;
  }

  #codeOf(endpointId: string): string {
    let code = this.#codes.get(endpointId);
    if (code === undefined) {
      code = this.#sign(`endpoint ${endpointId}`).slice(0, 12);
      this.#codes.set(endpointId, code);
    }
    return code;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#options.secret).update(text).digest('base64url');
  }
}

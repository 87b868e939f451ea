import type { Clock } from '../clock.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';

export interface EjectionSettings {
  /** Failures in a row that eject an endpoint. */
  readonly failures: number;
  readonly durationMs: number;
  readonly maxDurationMs: number;
  /** 0 to 100; one endpoint may always be out, unless it is the only one. */
  readonly maxPercent: number;
}

interface Record {
  failures: number;
  ejections: number;
}

/** Passive health: an endpoint that fails several times in a row is left out for a while, longer with each time in a row. */
export class Ejection {
  readonly #clock: Clock;
  readonly #settings: EjectionSettings;
  readonly #onEject: (endpoint: Endpoint, durationMs: number) => void;
  readonly #records = new WeakMap<Endpoint, Record>();

  constructor(settings: EjectionSettings, clock: Clock, onEject: (endpoint: Endpoint, durationMs: number) => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#onEject = onEject;
  }

  succeed(endpoint: Endpoint): void {
    const record = this.#records.get(endpoint);
    if (record === undefined) return;
    // A success after its return: the next ejection is a first one again.
    this.#records.delete(endpoint);
  }

  fail(endpoint: Endpoint, all: readonly Endpoint[]): void {
    let record = this.#records.get(endpoint);
    if (record === undefined) {
      record = { failures: 0, ejections: 0 };
      this.#records.set(endpoint, record);
    }
    record.failures++;
    const now = this.#clock.now();
    if (record.failures < this.#settings.failures || endpoint.ejectedUntilMs > now) return;
    const out = all.filter(({ ejectedUntilMs }) => ejectedUntilMs > now).length;
    const most = Math.max(1, Math.floor((all.length * this.#settings.maxPercent) / 100));
    if (all.length === 1 || out >= Math.min(most, all.length - 1)) return;
    record.failures = 0;
    record.ejections++;
    const durationMs = Math.min(this.#settings.maxDurationMs, this.#settings.durationMs * record.ejections);
    endpoint.eject(now + durationMs);
    this.#onEject(endpoint, durationMs);
  }
}

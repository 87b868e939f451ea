import type { Clock, Timer } from '../clock.ts';
import type { CanaryDecision } from '../events.ts';
import type { CanarySplit, Side } from './canary-split.ts';
import { type JudgeSettings, judge } from './judge.ts';
import type { Place, PlaceStore } from './place-store.ts';
import { SampleWindow } from './sample-window.ts';

export interface RolloutSettings extends JudgeSettings {
  /** Percentages in rising order. */
  readonly steps: readonly number[];
  readonly intervalMs: number;
  /** Failed checks in a row that roll back. */
  readonly maxFailures: number;
}

export interface RolloutOptions {
  readonly settings: RolloutSettings;
  readonly split: CanarySplit;
  readonly store: PlaceStore;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly onDecision: (decision: CanaryDecision) => void;
  readonly onError: (error: Error) => void;
}

/** Moves a canary along its steps by what the judge says, and takes it back where the judge says no. */
export class Rollout {
  readonly #options: RolloutOptions;
  readonly #samples: Record<Side, SampleWindow> = { canary: new SampleWindow(), stable: new SampleWindow() };
  #place: Place | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: RolloutOptions) {
    this.#options = options;
  }

  get place(): Place | undefined {
    return this.#place;
  }

  /** Takes up the kept place, or starts at the first step; then checks at each interval until {@link stop}. */
  async start(): Promise<void> {
    const { store, split, onError } = this.#options;
    try {
      const kept = await store.load();
      if (kept !== undefined && kept.version === split.version) this.#adopt(kept, 'the place was kept');
      else await this.#begin(kept);
    } catch (error) {
      onError(error as Error);
      await this.#begin(undefined).catch(onError);
    }
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
  }

  record(side: Side, failed: boolean, latencyMs: number): void {
    this.#samples[side].record(failed, latencyMs);
  }

  /** One judgement; the timer calls it. */
  async check(): Promise<void> {
    const { store, split, settings, epochMs, onError } = this.#options;
    try {
      const kept = await store.load();
      // Another process decided in the meantime: its decision holds, and the samples are of the weight before.
      if (kept?.version === split.version && kept.sinceEpochMs !== this.#place?.sinceEpochMs) {
        this.#adopt(kept, 'another process decided');
        return;
      }
    } catch (error) {
      onError(error as Error);
    }
    const place = this.#place;
    if (place === undefined || place.status !== 'running') return;
    const verdict = judge(this.#samples.canary, this.#samples.stable, settings);
    if (verdict.kind === 'hold') {
      // The samples go on adding up: low traffic takes longer, and is never a verdict.
      this.#options.onDecision({
        version: split.version,
        decision: 'hold',
        reason: verdict.reason,
        weight: place.weight,
      });
      return;
    }
    const next = verdict.kind === 'pass' ? this.#advance(place) : this.#countFailure(place);
    await this.#decide({ ...next.place, sinceEpochMs: epochMs() }, place, next.decision, verdict.reason);
  }

  #advance(place: Place): { place: Place; decision: CanaryDecision['decision'] } {
    const { steps } = this.#options.settings;
    const step = Math.min(place.step + 1, steps.length - 1);
    const weight = steps[step] as number;
    const promoted = step === steps.length - 1;
    return {
      place: { ...place, step, weight, failures: 0, status: promoted ? 'promoted' : 'running' },
      decision: promoted ? 'promote' : 'advance',
    };
  }

  #countFailure(place: Place): { place: Place; decision: CanaryDecision['decision'] } {
    const failures = place.failures + 1;
    if (failures < this.#options.settings.maxFailures)
      return { place: { ...place, failures }, decision: 'check_failed' };
    return { place: { ...place, failures, weight: 0, status: 'rolled_back' }, decision: 'roll_back' };
  }

  async #begin(previous: Place | undefined): Promise<void> {
    const { split, settings, epochMs } = this.#options;
    const found = settings.steps.findIndex((weight) => weight >= split.weight && weight > 0);
    const step = Math.max(0, found);
    const weight = settings.steps[step] as number;
    const status = weight >= 100 ? 'promoted' : 'running';
    await this.#decide(
      { version: split.version, step, weight, status, failures: 0, sinceEpochMs: epochMs() },
      previous,
      'start',
      'a new canary',
    );
  }

  async #decide(
    place: Place,
    previous: Place | undefined,
    decision: CanaryDecision['decision'],
    reason: string,
  ): Promise<void> {
    const { store, onError } = this.#options;
    let saved = true;
    try {
      saved = await store.save(place, previous);
    } catch (error) {
      // The decision holds here; a place that cannot be kept is a lesser evil than a bad canary that stays.
      onError(error as Error);
    }
    if (!saved) {
      const kept = await store.load().catch(() => undefined);
      if (kept?.version === place.version) this.#adopt(kept, 'another process decided');
      return;
    }
    this.#apply(place);
    this.#options.onDecision({ version: place.version, decision, reason, weight: place.weight });
  }

  #adopt(place: Place, reason: string): void {
    this.#apply(place);
    this.#options.onDecision({ version: place.version, decision: 'adopt', reason, weight: place.weight });
  }

  #apply(place: Place): void {
    this.#place = place;
    this.#options.split.weight = place.weight;
    this.#samples.canary = new SampleWindow();
    this.#samples.stable = new SampleWindow();
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { clock, settings } = this.#options;
    this.#timer = clock.setTimeout(() => void this.check().then(() => this.#schedule()), settings.intervalMs);
  }
}

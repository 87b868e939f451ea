/** Loaded before a gateway: its clocks go wrong by `TEST_CLOCK_OFFSET_MS`. */
const offsetMs = Number(process.env.TEST_CLOCK_OFFSET_MS);
const { now } = Date;
Date.now = () => now() + offsetMs;
const { performance } = globalThis;
const sinceStart = performance.now.bind(performance);
performance.now = () => sinceStart() + Math.abs(offsetMs);

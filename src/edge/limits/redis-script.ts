import type { Counter } from './counter.ts';
import type { Demand } from './limit.ts';

/**
 * Decides all limits of a request in one step, on the clock of Redis: the same algorithms as `token-bucket.ts` and
 * `sliding-window.ts`, which a test holds it to. A key is a text of five numbers (a `Counter`).
 *
 * KEYS: one per demand. ARGV: a clock in ms (`''`: the server's), then seven values per demand:
 * algorithm, max, windowMs, burst, cost, want, flags. `want` ≥ `cost` is what a lease would take if there is so much;
 * flags are `d` (dry run), `r` (read only), `c` (count rejected).
 * Answers: the clock, 1 if allowed, then per demand: 1 if exceeded, what was taken, the counter.
 */
export const TAKE_SCRIPT = `
local now
if ARGV[1] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
else
  now = tonumber(ARGV[1])
end
local states, exceeded, free = {}, {}, {}
local allowed = 1
local function covered(s)
  local elapsed = now - s[1]
  if elapsed >= s[5] then return 0 end
  return s[4] * (1 - elapsed / s[5])
end
for i = 1, #KEYS do
  local a = 1 + (i - 1) * 7
  local algorithm, max, window = ARGV[a + 1], tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
  local burst, cost, flags = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5]), ARGV[a + 7]
  local s = { now, 0, 0, 0, 0 }
  local text = redis.call('GET', KEYS[i])
  if text then
    local n = 0
    for number in string.gmatch(text, '%S+') do n = n + 1; s[n] = tonumber(number) end
  end
  if algorithm == 'token_bucket' then
    s[2] = math.max(0, s[2] - math.max(0, now - s[1]) * max / window)
    s[1] = now
    free[i] = burst - s[2]
  else
    local windows = math.floor((now - s[1]) / window)
    if windows < 0 then
      s[1], s[3], s[4] = now, 0, 0
    elseif windows > 0 then
      if windows == 1 then
        s[4], s[1] = s[2], s[1] + window
      else
        s[4], s[1] = 0, now
      end
      s[5], s[2], s[3] = s[3], 0, 0
    end
    free[i] = max - s[2] - covered(s)
  end
  states[i] = s
  exceeded[i] = cost > free[i] + 1e-6
  if exceeded[i] and not string.find(flags, 'd', 1, true) then allowed = 0 end
end
local answer = { string.format('%.17g', now), allowed }
for i = 1, #KEYS do
  local a = 1 + (i - 1) * 7
  local algorithm, max, window = ARGV[a + 1], tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
  local cost, want, flags = tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6]), ARGV[a + 7]
  local s = states[i]
  local taken = 0
  if not string.find(flags, 'r', 1, true) then
    if allowed == 1 and not exceeded[i] then
      taken = cost + math.floor(math.max(0, math.min(want - cost, free[i] - cost)))
    elseif string.find(flags, 'c', 1, true) then
      taken = math.min(cost, math.max(0, free[i]))
    end
  end
  if algorithm == 'sliding_window' and taken > 0 then
    if s[2] == 0 and covered(s) == 0 then s[1], s[4] = now, 0 end
    s[3] = now - s[1]
  end
  s[2] = s[2] + taken
  local text = string.format('%.17g %.17g %.17g %.17g %.17g', s[1], s[2], s[3], s[4], s[5])
  if taken > 0 then
    local life
    if algorithm == 'token_bucket' then life = s[2] * window / max else life = 2 * window end
    redis.call('SET', KEYS[i], text, 'PX', math.ceil(life) + 1000)
  end
  answer[#answer + 1] = exceeded[i] and 1 or 0
  answer[#answer + 1] = taken > 0 and string.format('%.17g', taken) or '0'
  answer[#answer + 1] = text
end
return answer
`;

/** Counts the instances that share a store. KEYS: a sorted set. ARGV: this instance, its life in ms; `0` leaves. */
export const INSTANCES_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = tonumber(ARGV[2])
if life == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], now + life, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], life)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZCARD', KEYS[1])
`;

export function scriptArguments(clockMs: number | undefined, demands: readonly StoreDemand[]): string[] {
  const argv = [clockMs === undefined ? '' : String(clockMs)];
  for (const { demand, want } of demands) {
    const { limit, cost, readOnly } = demand;
    const flags = `${limit.dryRun ? 'd' : ''}${readOnly ? 'r' : ''}${limit.countRejected ? 'c' : ''}`;
    argv.push(
      limit.algorithm,
      String(limit.max),
      String(limit.windowMs),
      String(limit.burst),
      String(cost),
      String(want),
      flags,
    );
  }
  return argv;
}

/** A demand as the store is asked for it. */
export interface StoreDemand {
  readonly demand: Demand;
  /** At least the demand's cost; more for a lease. */
  readonly want: number;
}

/** What the store says of one demand. */
export interface StoreAnswer {
  readonly nowMs: number;
  readonly exceeded: boolean;
  readonly taken: number;
  readonly counter: Counter;
}

/** @throws {Error} where the reply is not the script's. */
export function readAnswers(reply: unknown, count: number): { allowed: boolean; answers: StoreAnswer[] } {
  if (!Array.isArray(reply) || reply.length !== 2 + count * 3)
    throw new Error('Cannot read the reply of the limit script');
  const nowMs = Number(reply[0]);
  const answers: StoreAnswer[] = [];
  for (let at = 2; at < reply.length; at += 3) {
    const [sinceMs = 0, current = 0, spanMs = 0, previous = 0, previousSpanMs = 0] = String(reply[at + 2])
      .split(' ')
      .map(Number);
    const counter = { sinceMs, current, spanMs, previous, previousSpanMs };
    answers.push({ nowMs, exceeded: Number(reply[at]) === 1, taken: Number(reply[at + 1]), counter });
  }
  return { allowed: Number(reply[1]) === 1, answers };
}

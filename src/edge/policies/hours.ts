const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];

export interface Hours {
  /** Default: every day. Of a span over midnight, the day on which it began. */
  readonly days?: readonly Day[] | undefined;
  /** `hh:mm`; default: midnight. */
  readonly from?: string | undefined;
  /** `hh:mm`, itself not within; default: the next midnight. */
  readonly to?: string | undefined;
  /** IANA name. */
  readonly timezone: string;
}

const MINUTES_PER_DAY = 1_440;

/** @throws {RangeError} where the time zone is unknown. */
export function compileHours({
  days = DAYS,
  from = '00:00',
  to = '24:00',
  timezone,
}: Hours): (nowMs: number) => boolean {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const [begin, end] = [toMinutes(from), toMinutes(to)];
  const allowed = new Set<number>(days.map((day) => DAYS.indexOf(day)));
  const judge = (nowMs: number): boolean => {
    const parts = Object.fromEntries(clock.formatToParts(nowMs).map(({ type, value }) => [type, value]));
    const today = DAYS.indexOf((parts.weekday as string).toLowerCase() as Day);
    const minutes = Number(parts.hour) * 60 + Number(parts.minute);
    if (begin < end) return allowed.has(today) && minutes >= begin && minutes < end;
    const yesterday = (today + DAYS.length - 1) % DAYS.length;
    return (minutes >= begin && allowed.has(today)) || (minutes < end && allowed.has(yesterday));
  };
  // Reading a calendar costs more than all other conditions; the answer holds for the minute.
  let knownMinute = Number.NaN;
  let known = false;
  return (nowMs) => {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== knownMinute) {
      known = judge(nowMs);
      knownMinute = minute;
    }
    return known;
  };
}

function toMinutes(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Math.min(MINUTES_PER_DAY, Number(hours) * 60 + Number(minutes));
}

import { limits } from './limits.ts';
import { Refused } from './requests.ts';

/** The program's clock, as far as the playground moves it. Never backwards: points that expired stay expired. */
export interface PlaygroundClock {
  now(): Date;
  /** How far it is ahead of the real time. */
  offsetMs(): number;
  advance(ms: number): Promise<void>;
}

const dayMs = 24 * 3_600_000;

// The last day of a shorter month, as the program's own month arithmetic has it.
function monthsLater(from: Date, months: number): Date {
  const date = new Date(from);
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== from.getUTCDate()) date.setUTCDate(0);
  return date;
}

const steps: Readonly<Record<string, (now: Date) => number>> = {
  '1 day': () => dayMs,
  '1 week': () => 7 * dayMs,
  '1 month': (now) => monthsLater(now, 1).getTime() - now.getTime(),
  '1 year': (now) => monthsLater(now, 12).getTime() - now.getTime(),
};

/**
 * How many milliseconds forward is meant by what the page asked for: `1 day`, `1 week`, `1 month`, `1 year`, or a number of them.
 * @throws Refused 400 for anything else, backwards, or further than the clock goes
 */
export function readAdvance(asked: unknown, clock: PlaygroundClock): number {
  const ms =
    typeof asked === 'number'
      ? asked
      : typeof asked === 'string' && Object.hasOwn(steps, asked)
        ? steps[asked]?.(clock.now())
        : undefined;
  if (ms === undefined || !Number.isSafeInteger(ms))
    throw new Refused(400, 'The clock takes "1 day", "1 week", "1 month", "1 year" or milliseconds.');
  if (ms <= 0) throw new Refused(400, 'The clock only goes forward: points that expired stay expired.');
  if (clock.offsetMs() + ms > limits.clockMs) throw new Refused(400, 'The clock goes no further.');
  return ms;
}

import type { Log } from '../chat/channel.ts';
import { errorName } from './error-name.ts';

/** What is away: the queue itself, or what its jobs need (the database). */
const sentences = {
  queue: ['the queue does not answer; what is due waits in the database', 'the queue answers again'],
  work: ['a job could not be done; it is done again when it is due next', 'jobs are done again'],
} as const;

/** Logs the first error of an outage and its end, instead of every attempt in between. */
export function outageLog(log: Log, queue: string, what: keyof typeof sentences): { down(error: unknown): void; up(): void } {
  const [begins, ends] = sentences[what];
  let away = false;
  return {
    down(error) {
      if (!away) log.warn({ queue, reason: errorName(error) }, begins);
      away = true;
    },
    up() {
      if (away) log.info({ queue }, ends);
      away = false;
    },
  };
}

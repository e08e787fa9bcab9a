import { setTimeout as sleep } from 'node:timers/promises';
import type { Listener } from './chat/channel.ts';
import type { Bell } from './jobs/bell.ts';
import type { Database } from './program/context.ts';
import type { Readiness } from './web.ts';

/** Whoever asks how we are must be answered, also when a server neither answers nor hangs up. */
const answerWithinMs = 2_000;

/** What was asked for, or a rejection when it takes too long for somebody who watches over us. */
export async function inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
  const late = sleep(answerWithinMs, undefined, { ref: false }).then(() => {
    throw new Error('no answer in time');
  });
  return Promise.race([asked, late]);
}

/** Every part that must answer: true, or in a few words what is wrong. Never rejects. */
export async function readinessOf(
  db: Pick<Database, 'run'>,
  bell: Pick<Bell, 'ready'>,
  listeners: ReadonlyMap<string, Listener>,
): Promise<Readiness> {
  const [database, queue] = await Promise.all([
    inTime(db.run({ name: 'ping', text: 'SELECT 1' }, [])).then(
      () => true as const,
      () => 'the database does not answer',
    ),
    bell.ready(),
  ]);
  return { database, queue, ...Object.fromEntries([...listeners].map(([name, listener]) => [name, listener.ready()])) };
}

import { expect, it } from 'vitest';
import { doChores } from '../../src/jobs/chores.ts';
import type { Database } from '../../src/program/context.ts';

const moment = (stopping = new AbortController().signal) => ({
  db: {} as Database,
  now: new Date('2026-03-01T12:00:00Z'),
  timeZone: 'UTC',
  stopping,
});

it('a chore that fails does not stop the others, and its error is not lost', async () => {
  const done: string[] = [];
  const chore = (name: string, count: number) => async () => {
    done.push(name);
    return count;
  };
  const broken = async () => {
    throw new Error('away');
  };
  await expect(doChores([chore('one', 1), broken, chore('two', 2)], moment())).rejects.toThrow('away');
  expect(done).toEqual(['one', 'two']);
  expect(await doChores([chore('one', 1), chore('two', 2)], moment())).toBe(3);
});

it('nothing new is begun when the process is asked to stop', async () => {
  const stop = new AbortController();
  const stopped = async () => {
    stop.abort();
    return 1;
  };
  const never = async () => {
    throw new Error('was begun');
  };
  expect(await doChores([stopped, never], moment(stop.signal))).toBe(1);
});

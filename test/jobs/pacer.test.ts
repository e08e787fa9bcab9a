import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createFarClock } from '../../src/jobs/far-clock.ts';
import { createFirstAlone } from '../../src/jobs/first-alone.ts';
import { createGather } from '../../src/jobs/gather.ts';
import { createPacer, spreadOf } from '../../src/jobs/pacer.ts';
import { pauseChannel } from '../../src/program/deliveries/pace.ts';
import { freshDatabase } from '../support/database.ts';

const db = await freshDatabase();
afterAll(() => db.close());

describe('the pace', () => {
  test('holds in any window whoever sends, and is used', async () => {
    const pace = { max: 40, perMs: 800 };
    const pacers = [createPacer(db, 'tea', pace), createPacer(db, 'tea', pace)];
    const times: number[] = [];
    const never = new AbortController().signal;
    setMaxListeners(0, never);
    const until = performance.now() + 1_600;
    const lane = async (pacer: (typeof pacers)[number]) => {
      while (performance.now() < until) {
        const slot = await pacer.take();
        await pacer.near(slot, never);
        await sleep(2);
        pacer.prepared(2);
        if (await pacer.reach(slot, until + 1_000)) times.push(performance.now());
      }
    };
    await Promise.all(pacers.flatMap((pacer) => Array.from({ length: 6 }, () => lane(pacer))));
    times.sort((a, b) => a - b);
    const fullest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + pace.perMs).length));
    expect(fullest).toBeLessThanOrEqual(pace.max);
    // On an idle machine 0.97 and more (see the bench); a late slot is lost, and this machine does other things meanwhile.
    expect(times.length).toBeGreaterThan(30);
  });

  test('a slot that was not used goes to the next one who asks, unless it is late', async () => {
    const pacer = createPacer(db, 'mint', { max: 1, perMs: 1_000 });
    const [first, second] = await Promise.all([pacer.take(), pacer.take()]);
    pacer.giveBack(second);
    expect(await pacer.take()).toBe(second);
    pacer.giveBack({ ...first, until: performance.now() - 1 });
    const third = await pacer.take();
    expect(third.from - second.from).toBeGreaterThan(1_000);
    expect(await pacer.reach(third, performance.now())).toBeUndefined();
  });

  test('nobody sends while the channel rests: who was told at once, other processes with their next slot', async () => {
    const [told, other] = [
      createPacer(db, 'sage', { max: 30, perMs: 1_000 }),
      createPacer(db, 'sage:paid', { max: 30, perMs: 1_000 }),
    ];
    const [mine, theirs] = [await told.take(), await other.take()];
    told.rest(60_000);
    expect(await told.reach(mine, performance.now() + 5_000)).toBeUndefined();
    expect(await other.reach(theirs, performance.now() + 5_000)).toBeDefined();
    await pauseChannel(db, 'sage', 60_000);
    expect(await other.reach(await other.take(), performance.now() + 5_000)).toBeUndefined();
  });

  test.each([
    [30, 1, 30],
    [1_000, 25, 40],
    [300, 10, 30],
    [4, 1, 4],
    [997, 1, 997],
  ])('%i messages go in groups of %i on %i tracks', (max, size, tracks) => {
    expect(spreadOf({ max, perMs: 1_000 })).toMatchObject({ size, tracks });
  });
});

test('the other clock is where every sighting says it is', () => {
  const sighting = fc.record({ afterMs: fc.integer({ min: 1, max: 2_000 }), askMs: fc.nat(50), answerMs: fc.nat(50) });
  fc.assert(
    fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.array(sighting, { minLength: 1, maxLength: 20 }), (apart, sightings) => {
      const clock = createFarClock();
      let now = 0;
      for (const { afterMs, askMs, answerMs } of sightings) {
        now += afterMs;
        clock.seen(now + apart, now - askMs, now + answerMs);
        const { from, to } = clock.here(now + apart);
        expect(from).toBeLessThanOrEqual(now + 1e-6);
        expect(to).toBeGreaterThanOrEqual(now - 1e-6);
        expect(to - from).toBeLessThanOrEqual(askMs + answerMs + 1e-6);
      }
      // Set to another time, it is believed.
      clock.seen(now + apart + 5_000, now - 1, now + 1);
      expect(clock.here(now + apart + 5_000).from).toBeCloseTo(now - 1, 3);
    }),
  );
});

test('gathered work is done together, in order, and fails together', async () => {
  const batches: number[][] = [];
  const double = createGather<number, number>(async (items) => {
    batches.push([...items]);
    await sleep(5);
    if (items.includes(13)) throw new Error('unlucky');
    return items.map((item) => item * 2);
  }, 4);
  const first = [1, 2].map(double);
  await sleep(1);
  const rest = [3, 4, 5, 6, 7].map(double);
  expect(await Promise.all([...first, ...rest])).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(batches).toEqual([[1, 2], [3, 4, 5, 6], [7]]);
  const settled = await Promise.allSettled([12, 13].map(double));
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await double(8)).toBe(16);
});

test('the first message with a picture goes alone, one that did not arrive leaves it to the next', async () => {
  const { enter } = createFirstAlone();
  const picture = new Uint8Array([1, 2, 3]);
  const events: string[] = [];
  const lane = async (name: string, arrives: boolean, bytes?: Uint8Array) => {
    const leave = await enter(bytes);
    events.push(`${name} goes`);
    await sleep(5);
    events.push(`${name} ends`);
    leave(arrives);
  };
  const same = picture.slice();
  await lane('none', true);
  await Promise.all([lane('a', false, picture), lane('b', true, same), lane('c', true, picture), lane('d', true, same)]);
  expect(events.slice(2, 6)).toEqual(['a goes', 'a ends', 'b goes', 'b ends']);
  expect(events.slice(6)).toEqual(['c goes', 'd goes', 'c ends', 'd ends']);
});

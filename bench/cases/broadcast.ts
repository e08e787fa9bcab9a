import { setTimeout as sleep } from 'node:timers/promises';
import { pace, paidPace } from '../../src/channels/telegram/limits.ts';
import { achieved, openBroadcast } from '../broadcast.ts';
import type { Case } from '../case.ts';
import { startBenchServer } from '../database.ts';

const recipients = 10_000;
// All ten thousand take five and a half minutes, each second like the other.
const watchedMs = 36_000;

async function withBroadcast(paid: boolean, measure: (it: Awaited<ReturnType<typeof openBroadcast>>) => Promise<number[]>) {
  const server = await startBenchServer();
  try {
    const broadcast = await openBroadcast({ url: await server.fresh(), paid });
    try {
      return { ratios: await measure(broadcast) };
    } finally {
      await broadcast.close();
    }
  } finally {
    await server.close();
  }
}

export const broadcastCase: Case = {
  name: 'broadcast',
  about:
    'a broadcast to 10,000 at the free limit (its first half minute): arrived over allowed, never more in any sliding second',
  goal: 0.97,
  run: () =>
    withBroadcast(false, async ({ begin, messenger }) => {
      const sending = await begin(recipients);
      await sleep(watchedMs);
      await sending.stop();
      return [achieved(await messenger.arrivals(), pace)];
    }),
};

export const paidBroadcastCase: Case = {
  name: 'broadcast-paid',
  about:
    'broadcasts to 10,000 at the limit for paid ones (1,000 a second): arrived over allowed, never more in any sliding second',
  goal: 0.6,
  run: () =>
    withBroadcast(true, async ({ begin, messenger }) => {
      const ratios: number[] = [];
      for (let round = 1; round <= 3; round += 1) {
        const sending = await begin(recipients);
        await sending.arrived();
        await sending.stop();
        ratios.push(achieved(await messenger.arrivals(), paidPace));
      }
      return ratios;
    }),
};

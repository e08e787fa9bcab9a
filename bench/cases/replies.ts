import { setTimeout as sleep } from 'node:timers/promises';
import { openBroadcast } from '../broadcast.ts';
import type { Case } from '../case.ts';
import { openBenchShop } from '../shop.ts';

const rounds = 3;
const measuredMs = 6_000;
/** People who write now and then, each waiting for the reply. */
const writers = 8;
const thinkMs = 20;

/** The time within which 99 of 100 replies came, in milliseconds. */
async function slowest(event: (index: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + measuredMs;
  const writer = async (first: number): Promise<void> => {
    for (let index = first; performance.now() < until; index += writers) {
      const askedAt = performance.now();
      await event(index);
      times.push(performance.now() - askedAt);
      await sleep(thinkMs);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, first) => writer(first)));
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

export const repliesCase: Case = {
  name: 'replies',
  about: 'replies to "balance" while the same process sends a broadcast at the full free speed: p99 over the p99 of a calm time',
  goal: 2,
  async run() {
    const shop = await openBenchShop();
    const broadcast = await openBroadcast({ url: shop.url, paid: false });
    const balance = (index: number) => shop.event(shop.customers[index % shop.customers.length]?.user ?? '', 'balance');
    try {
      const values: number[] = [];
      await slowest(balance);
      for (let round = 1; round <= rounds; round += 1) {
        const calm = await slowest(balance);
        const sending = await broadcast.begin(10_000);
        await sleep(1_000);
        const busy = await slowest(balance);
        await sending.stop();
        process.stderr.write(`  round ${round}: calm ${calm.toFixed(1)} ms, busy ${busy.toFixed(1)} ms\n`);
        values.push(busy / calm);
      }
      return { values };
    } finally {
      await broadcast.close();
      await shop.close();
    }
  },
};

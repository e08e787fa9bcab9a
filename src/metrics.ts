import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Hub } from './chat/channel.ts';
import type { Backlog } from './program/deliveries/backlog.ts';

/** What can be read at /metrics. No label holds a person. */
export type Metrics = {
  registry: Registry;
  /** Counts and times what comes in. */
  watch(hub: Hub): Hub;
  delivered(channel: string, outcome: string): void;
};

/** Makes the program's metrics; `backlog` is read when somebody asks. */
export function createMetrics(backlog: () => Promise<Backlog[]>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const events = new Histogram({
    name: 'regulars_event_seconds',
    help: 'Time from an event to its reply, by channel and whether it ended in a reply.',
    labelNames: ['channel', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: 'regulars_deliveries_total',
    help: 'How deliveries ended, by channel.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  });
  const waiting = new Gauge({
    name: 'regulars_deliveries_waiting',
    help: 'Deliveries that are not finished, by channel and state.',
    labelNames: ['channel', 'state'],
    registers: [registry],
  });
  new Gauge({
    name: 'regulars_oldest_due_seconds',
    help: 'Age of the oldest delivery that is due, by channel: the health of sending.',
    labelNames: ['channel'],
    registers: [registry],
    async collect() {
      this.reset();
      waiting.reset();
      // While the database is away there is no number to show; everything else is told all the same.
      for (const { channel, oldestDueMs, ...states } of await backlog().catch(() => [])) {
        this.set({ channel }, (oldestDueMs ?? 0) / 1000);
        for (const [state, count] of Object.entries(states)) waiting.set({ channel, state }, count);
      }
    },
  });
  return {
    registry,
    delivered: (channel, outcome) => deliveries.inc({ channel, outcome }),
    watch: (hub) => ({
      ...hub,
      handle: async (inbound) => {
        const done = events.startTimer({ channel: inbound.from.channel });
        try {
          const view = await hub.handle(inbound);
          done({ outcome: 'answered' });
          return view;
        } catch (error) {
          done({ outcome: 'failed' });
          throw error;
        }
      },
    }),
  };
}

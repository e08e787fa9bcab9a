import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Channel, NotSent, SlowDown, Unreachable } from '../../src/chat/channel.ts';
import type { QueueLocation } from '../../src/jobs/queue-backend.ts';
import { claimDue } from '../../src/program/deliveries/claim.ts';
import { planDelivery } from '../../src/program/deliveries/plan.ts';
import { createScriptedChannel } from './scripted-channel.ts';
import { openStage, type Stage } from './stage.ts';

const until = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });

/** What must hold whatever the queue lives in. */
export function deliverySuite(label: string, locate: (databaseUrl: string) => QueueLocation): void {
  describe(`deliveries over ${label}`, () => {
    let stage: Stage | undefined;
    const open = async (...channels: Channel[]): Promise<Stage> => {
      stage = await openStage(locate, channels);
      return stage;
    };
    afterEach(async () => {
      await stage?.close();
      stage = undefined;
    });

    const planFor = async (it: Stage, receipts: readonly string[], more: { lane?: string; place?: string } = {}) => {
      const rows = [];
      for (const receipt of receipts) {
        const { id, addresses } = await it.person(`p${receipt}`, 'tea');
        rows.push({ personId: id, addressId: addresses[0] as number, channel: 'tea', receipt, ...more });
      }
      await it.plan(rows);
    };

    test('a planned message is sent once, promptly, in the language of its person', async () => {
      const tea = createScriptedChannel('tea');
      const it = await open(tea);
      const { id } = await it.person('ann', 'tea');
      await it.start({ sweepEveryMs: 60_000 });
      const params = { sale: 17, points: 12, balance: 22, amountMinor: 1250, currency: 'EUR', receipt: '#17' };
      const plan = { personId: id, notice: 'credited', params, dedupe: 'credited:#17', now: it.clock() };
      await it.db.prisma.$transaction(async (tx) => {
        await planDelivery(tx, plan);
        await planDelivery(tx, plan);
      });
      for (let n = 0; n < 5; n++) it.bell.ring('tea');
      await until(async () => expect(await it.states()).toEqual(['sent']));
      it.bell.ring('tea');
      await sleep(200);
      expect(tea.sends.map(({ to, text }) => [to.chat, text])).toEqual([
        ['chat-ann-tea', '+12 points\n\nThank you for your purchase of €12.50.\n\nBalance: 22 points\nReceipt: #17'],
      ]);
      expect(await it.row('#17')).toMatchObject({ attempt: 1, leasedBy: null, result: { message: 'm1', chat: 'chat-ann-tea' } });
    });

    test('service goes before campaign, also while a campaign is under way', async () => {
      const tea = createScriptedChannel('tea', async () => sleep(10, undefined));
      const it = await open(tea);
      await planFor(
        it,
        Array.from({ length: 60 }, (_, n) => `offer-${n}`),
        { lane: 'campaign' },
      );
      await planFor(it, ['reply-1']);
      await it.start({ lanes: 2 });
      await until(() => expect(tea.sends.length).toBeGreaterThan(10));
      await planFor(it, ['reply-2']);
      const before = tea.sends.length;
      await until(async () => expect((await it.states()).every((state) => state === 'sent')).toBe(true));
      const place = (receipt: string) => tea.sends.findIndex(({ text }) => text.includes(receipt));
      // Two lanes: which of two that began together comes first is the machine's business.
      expect(place('reply-1')).toBeLessThan(2);
      expect(place('reply-2')).toBeLessThanOrEqual(before + 4);
    });

    test('a worker that ends in the middle of a send leaves it unknown: a service message is sent once more with its receipt', async () => {
      let hang = true;
      const tea = createScriptedChannel('tea', async () => (hang ? new Promise<never>(() => undefined) : undefined));
      const it = await open(tea);
      await planFor(it, ['#41']);
      await planFor(it, ['offer'], { lane: 'campaign' });
      const first = await it.start({ leaseMs: 700, stopMs: 50 });
      await until(async () => expect(await it.states()).toEqual(['sending', 'sending']));
      await first.close();
      expect(await it.states()).toEqual(['sending', 'sending']);
      hang = false;
      await it.start({ leaseMs: 700 });
      await until(async () => expect(await it.states()).toEqual(['sent', 'unknown']));
      const withReceipt = tea.sends.filter(({ text }) => text.includes('#41'));
      expect(withReceipt).toHaveLength(2);
      expect(withReceipt[0]?.text).toBe(withReceipt[1]?.text);
      expect(tea.sends.filter(({ text }) => text.includes('offer'))).toHaveLength(1);
      expect(await it.row('#41')).toMatchObject({ attempt: 2 });
    });

    test('what a dead worker had only claimed is planned again and sent once', async () => {
      const tea = createScriptedChannel('tea');
      const it = await open(tea);
      await planFor(it, ['#1', '#2']);
      const held = await claimDue({ db: it.db, channel: 'tea', worker: 'dead', now: it.clock(), limit: 5, leaseMs: 600 });
      expect(held).toHaveLength(2);
      await it.start();
      await sleep(250);
      expect(tea.sends).toHaveLength(0);
      await until(async () => expect(await it.states()).toEqual(['sent', 'sent']));
      expect(tea.sends).toHaveLength(2);
    });

    test('429 stops the workers of every process until its time', async () => {
      const waitMs = 900;
      let refusedAtMs = 0;
      const script = async () => {
        if (refusedAtMs === 0) {
          refusedAtMs = performance.now();
          throw new SlowDown(waitMs);
        }
        return undefined;
      };
      const tea = createScriptedChannel('tea', script);
      const it = await open(tea);
      await it.start({ lanes: 1 });
      await it.start({ lanes: 1 });
      await planFor(
        it,
        Array.from({ length: 20 }, (_, n) => `#${n}`),
      );
      it.bell.ring('tea');
      await until(async () => expect((await it.states()).every((state) => state === 'sent')).toBe(true));
      // A request of the other worker may have been on its way while the refusal was.
      const early = tea.sends.slice(1).filter(({ atMs }) => atMs > refusedAtMs + 150 && atMs < refusedAtMs + waitMs);
      expect(early).toEqual([]);
      expect(tea.sends.some(({ atMs }) => atMs >= refusedAtMs + waitMs)).toBe(true);
      expect(tea.sends).toHaveLength(21);
      expect((await it.db.prisma.delivery.findMany()).map(({ attempt }) => attempt)).toEqual(Array(20).fill(1));
    });

    test('a dead address is not tried again: the message goes to the next, and fails when there is none', async () => {
      const tea = createScriptedChannel('tea', () => Promise.reject(new Unreachable('blocked')));
      const mint = createScriptedChannel('mint');
      const it = await open(tea, mint);
      const both = await it.person('both', 'mint', 'tea');
      const one = await it.person('one', 'tea');
      await it.plan([
        { personId: both.id, addressId: both.addresses[1] as number, channel: 'tea', receipt: 'both' },
        { personId: one.id, addressId: one.addresses[0] as number, channel: 'tea', receipt: 'one' },
      ]);
      await it.start({ sweepEveryMs: 60_000 });
      await until(async () => expect(await it.states()).toEqual(['sent', 'failed']));
      expect(mint.sends.map(({ to }) => to.chat)).toEqual(['chat-both-mint']);
      expect(await it.row('one')).toMatchObject({ result: { code: 'unreachable' } });
      const dead = await it.db.prisma.address.findMany({ where: { deadAt: { not: null } } });
      expect(dead.map(({ channel }) => channel)).toEqual(['tea', 'tea']);
      await it.plan([{ personId: one.id, addressId: one.addresses[0] as number, channel: 'tea', receipt: 'later' }]);
      it.bell.ring('tea');
      await until(async () => expect(await it.row('later')).toMatchObject({ state: 'failed', attempt: 0 }));
      expect(tea.sends).toHaveLength(2);
    });

    test('a chat that moved is remembered', async () => {
      const tea = createScriptedChannel('tea', async () => ({ chat: 'new-chat', id: 'm' }));
      const it = await open(tea);
      await planFor(it, ['#1']);
      await it.start();
      await until(async () => expect(await it.states()).toEqual(['sent']));
      await until(async () => expect((await it.db.prisma.address.findFirstOrThrow()).chat).toBe('new-chat'));
    });

    test('tries are bounded, and what is kept of an error names nobody', async () => {
      const secret = 'https://api.example/bot123:SECRET/send to Ann';
      const tea = createScriptedChannel('tea', async ({ text }) => {
        if (text.includes('again'))
          throw new NotSent(secret, true, { cause: Object.assign(new Error(secret), { code: 'ECONNREFUSED' }) });
        if (text.includes('refused')) throw new NotSent(secret, false);
        throw Object.assign(new Error(secret), { code: 'ECONNRESET' });
      });
      const it = await open(tea);
      await planFor(it, ['again', 'refused', 'odd']);
      await planFor(it, ['odd offer'], { lane: 'campaign' });
      await it.start();
      await until(async () => expect(await it.states()).toEqual(['failed', 'failed', 'unknown', 'unknown']));
      expect(await it.row('again')).toMatchObject({
        attempt: 3,
        result: { code: 'gave_up', error: 'NotSent < Error ECONNREFUSED' },
      });
      expect(await it.row('refused')).toMatchObject({ attempt: 1, result: { code: 'refused', error: 'NotSent' } });
      expect(await it.row('odd')).toMatchObject({
        attempt: 3,
        result: { code: 'unknown', doubts: 3, error: 'Error ECONNRESET' },
      });
      expect(await it.row('odd offer')).toMatchObject({ attempt: 1 });
      const kept = JSON.stringify([await it.db.prisma.delivery.findMany(), it.lines], (_key, value) =>
        typeof value === 'bigint' ? Number(value) : value,
      );
      expect(kept).not.toMatch(/SECRET|Ann|Name of/);
      expect(it.lines.filter(({ facts }) => 'delivery' in facts).length).toBe(4);
    });

    test('a messenger that does not answer in time leaves a doubt', async () => {
      const tea = createScriptedChannel('tea', (_send, n) => (n === 1 ? new Promise<never>(() => undefined) : undefined));
      const it = await open(tea);
      await planFor(it, ['#1']);
      await it.start({ sendTimeoutMs: 150 });
      await until(async () => expect(await it.row('#1')).toMatchObject({ state: 'sent', attempt: 2, result: { doubts: 1 } }));
      expect(tea.sends).toHaveLength(2);
    });

    test('two workers send 500 messages, each exactly once', async () => {
      const tea = createScriptedChannel('tea', async () => sleep(2, undefined), { max: 5_000, perMs: 1_000 });
      const it = await open(tea);
      const people = await it.db.prisma.person.createManyAndReturn({
        data: Array.from({ length: 500 }, (_, n) => ({ name: `p${n}`, createdAt: it.clock() })),
      });
      const addresses = await it.db.prisma.address.createManyAndReturn({
        data: people.map(({ id, name }) => ({ personId: id, channel: 'tea', user: name, chat: name, usedAt: it.clock() })),
      });
      await it.plan(addresses.map(({ id, personId, chat }) => ({ personId, addressId: id, channel: 'tea', receipt: chat })));
      await Promise.all([it.start({ lanes: 4 }), it.start({ lanes: 4 })]);
      it.bell.ring('tea');
      await until(() => expect(tea.sends.length).toBeGreaterThanOrEqual(500));
      await until(async () => expect((await it.states()).every((state) => state === 'sent')).toBe(true));
      await sleep(500);
      expect(tea.sends).toHaveLength(500);
      expect(new Set(tea.sends.map(({ to }) => to.chat)).size).toBe(500);
    });

    test('the pace holds in any window, whoever sends', async () => {
      const pace = { max: 20, perMs: 800 };
      const tea = createScriptedChannel('tea', undefined, pace);
      const it = await open(tea);
      await planFor(
        it,
        Array.from({ length: 40 }, (_, n) => `#${n}`),
      );
      await Promise.all([it.start(), it.start()]);
      await until(() => expect(tea.sends).toHaveLength(40));
      const times = tea.sends.map(({ atMs }) => atMs);
      const fullest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + pace.perMs).length));
      expect(fullest).toBeLessThanOrEqual(pace.max);
    });

    test('one chat gets its messages in order, and rests in between', async () => {
      const tea = createScriptedChannel('tea');
      const it = await open(tea);
      const { id, addresses } = await it.person('ann', 'tea');
      await it.plan(
        ['first', 'second', 'third'].map((receipt) => ({
          personId: id,
          addressId: addresses[0] as number,
          channel: 'tea',
          receipt,
        })),
      );
      await Promise.all([it.start({ restMs: 500, sweepEveryMs: 5_000 }), it.start({ restMs: 500, sweepEveryMs: 5_000 })]);
      it.bell.ring('tea');
      await until(() => expect(tea.sends).toHaveLength(3));
      expect(tea.sends.map(({ text }) => text.split('Receipt: ')[1])).toEqual(['first', 'second', 'third']);
      const [a = 0, b = 0, c = 0] = tea.sends.map(({ atMs }) => atMs);
      expect(b - a).toBeGreaterThanOrEqual(490);
      expect(c - b).toBeGreaterThanOrEqual(490);
    });

    test('repaints that wait for the same place are one', async () => {
      const tea = createScriptedChannel('tea');
      const it = await open(tea);
      const { id, addresses } = await it.person('ann', 'tea');
      const rows = ['h1', 'h2', 'h3'].map((receipt) => ({
        personId: id,
        addressId: addresses[0] as number,
        channel: 'tea',
        receipt,
        place: 'home',
      }));
      await it.plan(rows);
      await it.start({}, async (personId) => (personId === id ? { title: 'card' } : undefined));
      await until(async () => expect(await it.states()).toEqual(['sent', 'dropped', 'dropped']));
      expect(tea.sends.map(({ to, text }) => [to.home, text])).toEqual([[true, 'card']]);
    });

    test('a stop finishes what is being sent and gives back the rest', async () => {
      const tea = createScriptedChannel('tea', async () => sleep(300, undefined));
      const it = await open(tea);
      await planFor(
        it,
        Array.from({ length: 12 }, (_, n) => `#${n}`),
      );
      const workers = await it.start({ lanes: 3 });
      await until(() => expect(tea.sends.length).toBeGreaterThanOrEqual(3));
      const begun = performance.now();
      await workers.close();
      expect(performance.now() - begun).toBeLessThan(4_500);
      const states = await it.states();
      expect(states.filter((state) => state === 'sent')).toHaveLength(tea.sends.length);
      expect(states.filter((state) => state === 'planned')).toHaveLength(12 - tea.sends.length);
    });
  });
}

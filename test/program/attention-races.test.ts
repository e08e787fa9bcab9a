import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { deliveryBacklog } from '../../src/program/deliveries/backlog.ts';
import { beginSending } from '../../src/program/deliveries/begin.ts';
import { type Claimed, claimDue } from '../../src/program/deliveries/claim.ts';
import { nextDueInMs } from '../../src/program/deliveries/pace.ts';
import { sweep } from '../../src/program/deliveries/sweep.ts';
import { freshDatabase } from '../support/database.ts';
import { later, now } from './deliveries-desk.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const terms = { quiet: { from: '21:00', until: '09:00' }, perWeek: 1, zone: 'UTC' };
const begin = (rows: readonly Claimed[], leaseMs = 60_000) => beginSending(db, rows, { leaseMs, now, terms });
const claim = (channel: string, worker: string, more: { paid?: boolean; at?: Date } = {}) =>
  claimDue({ db, channel, worker, now: more.at ?? now, limit: 50, leaseMs: 60_000, ...more });

async function campaign(more: { state?: string; paid?: boolean } = {}): Promise<number> {
  const data = { kind: 'broadcast', name: 'spring', state: 'running', topic: 'offers', createdAt: now, ...more };
  return (await db.prisma.campaign.create({ data })).id;
}

/** So many people, each with one message of the campaign on each channel. */
async function plan(count: number, campaignId: number, channels: readonly string[], more: { resend?: boolean } = {}) {
  for (let n = 0; n < count; n++) {
    const { id } = await db.prisma.person.create({ data: { name: 'somebody', createdAt: now, marketing: true } });
    for (const channel of channels) {
      const to = await db.prisma.address.create({ data: { personId: id, channel, user: `${id}`, chat: `${id}`, usedAt: now } });
      const what = {
        notice: 'campaign',
        params: {},
        campaignId,
        topic: 'offers',
        lane: 'campaign',
        notBefore: now,
        createdAt: now,
      };
      const dedupe = `${channel}:${campaignId}:${id}`;
      await db.prisma.delivery.create({ data: { ...what, ...more, personId: id, addressId: to.id, channel, dedupe } });
    }
  }
}

test('two workers at once do not both pass the cap for one person', async () => {
  await plan(12, await campaign(), ['tea', 'mint']);
  const [tea, mint] = await Promise.all([claim('tea', 'w1'), claim('mint', 'w2')]);
  const begun = await Promise.all([...tea, ...mint].map((row) => begin([row])));
  const gone = begun.flat().filter(({ became }) => became === 'sending');
  expect(gone).toHaveLength(12);
  const people = await db.prisma.delivery.findMany({ where: { channel: { in: ['tea', 'mint'] }, state: 'sending' } });
  expect(new Set(people.map(({ personId }) => personId)).size).toBe(12);
});

test('in one batch the cap holds too', async () => {
  const id = await campaign();
  await plan(3, id, ['sage']);
  const rows = await claim('sage', 'w1');
  const [first] = rows;
  await db.prisma.delivery.updateMany({ where: { channel: 'sage' }, data: { personId: first?.personId ?? 0 } });
  expect((await begin(rows)).map(({ became }) => became)).toEqual(['sending', 'waiting', 'waiting']);
});

test('killed in the middle of a send: skipped, or sent again, as the campaign wants', async () => {
  await plan(1, await campaign(), ['dill'], { resend: false });
  await plan(1, await campaign(), ['dill'], { resend: true });
  expect((await begin(await claim('dill', 'w1'), 1)).map(({ became }) => became)).toEqual(['sending', 'sending']);
  await sleep(20);
  expect(await sweep(db, 'dill')).toEqual({ claimed: 0, sending: 2 });
  const states = async () =>
    (await db.prisma.delivery.findMany({ where: { channel: 'dill' }, orderBy: { id: 'asc' } })).map(({ state }) => state);
  expect(await states()).toEqual(['unknown', 'retry']);
  // The doubtful one has taken its place in the week: it is sent again in it.
  expect((await begin(await claim('dill', 'w2'), 1)).map(({ became }) => became)).toEqual(['sending']);
});

test('a campaign that is stopped between two sends leaves a doubt a doubt', async () => {
  const id = await campaign();
  await plan(2, id, ['mace'], { resend: true });
  const [one] = await claim('mace', 'w1');
  await begin(one ? [one] : [], 1);
  await sleep(20);
  await sweep(db, 'mace');
  await db.prisma.campaign.update({ where: { id }, data: { state: 'stopped' } });
  await db.prisma.delivery.updateMany({ where: { channel: 'mace', state: 'claimed' }, data: { state: 'planned' } });
  await sweep(db, 'mace');
  const rows = await db.prisma.delivery.findMany({ where: { channel: 'mace' }, orderBy: { id: 'asc' } });
  expect(rows.map(({ state, result }) => [state, result])).toEqual([
    ['unknown', { code: 'unknown', doubts: 1 }],
    ['dropped', { code: 'stopped' }],
  ]);
});

test('what a paused campaign holds is not due, and what is paid for is claimed apart', async () => {
  const held = await campaign({ state: 'paused' });
  await plan(3, held, ['rue']);
  await plan(2, await campaign({ paid: true }), ['rue']);
  expect(await claim('rue', 'w1', { paid: false })).toEqual([]);
  expect(await nextDueInMs(db, { channel: 'rue', now, horizonMs: 1e9, paid: false })).toBeNull();
  expect(await nextDueInMs(db, { channel: 'rue', now, horizonMs: 1e9, paid: true })).toBe(0);
  expect(await claim('rue', 'w2', { paid: true })).toHaveLength(2);
  const [backlog] = (await deliveryBacklog(db, later(60_000))).filter(({ channel }) => channel === 'rue');
  expect(backlog).toMatchObject({ planned: 3, claimed: 2, oldestDueMs: null });
  await db.prisma.campaign.update({ where: { id: held }, data: { state: 'running' } });
  expect(await claim('rue', 'w1', { paid: false })).toHaveLength(3);
});

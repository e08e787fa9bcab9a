import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishCampaigns } from '../../../src/program/campaigns/finish-campaigns.ts';
import { noteResponse } from '../../../src/program/campaigns/note-response.ts';
import { pickWinners, winnerOf } from '../../../src/program/campaigns/pick-winners.ts';
import { planPage } from '../../../src/program/campaigns/plan-campaigns.ts';
import { progressOf } from '../../../src/program/campaigns/progress.ts';
import { pauseCampaign, resumeCampaign, stopCampaign } from '../../../src/program/campaigns/steer.ts';
import type { Statement } from '../../../src/program/context.ts';
import { asOwner } from '../../support/ledger.ts';
import { at, openStage } from './stage.ts';

const going = new AbortController().signal;
let stage: Awaited<ReturnType<typeof openStage>>;
let everybody: number[];

beforeAll(async () => {
  stage = await openStage();
  everybody = await stage.members(500);
});
afterAll(() => stage.close());

/** A statement whose process dies before it commits. */
async function rolledBack<Row>({ text }: Statement, values: readonly unknown[]): Promise<Row[]> {
  return asOwner(stage.db.url, async (client) => {
    await client.query('BEGIN');
    await client.query(text, [...values]);
    await client.query('ROLLBACK');
    throw new Error('killed');
  });
}

describe('planCampaigns', () => {
  it('plans everybody who is meant, agreed and can be reached, once', async () => {
    const silent = await stage.members(2, { agreed: false });
    const [muted = 0, gone = 0, moved = 0] = await stage.members(3);
    await asOwner(stage.db.url, async (client) => {
      await client.query(`UPDATE person SET muted = '{offers}' WHERE id = (SELECT person_id FROM member WHERE id = $1)`, [muted]);
      await client.query(`UPDATE address SET dead_at = $2 WHERE person_id = (SELECT person_id FROM member WHERE id = $1)`, [
        gone,
        at('01'),
      ]);
      await client.query(
        `INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT person_id, 'slack', 'S1', 'S1', $2 FROM member WHERE id = $1`,
        [moved, at('02')],
      );
    });
    const id = await stage.broadcast({ endsAt: at('20'), resend: true });
    const rows = await stage.rows(id);
    expect(rows.map(({ memberId }) => memberId)).toEqual([...everybody, moved]);
    expect(rows.some(({ memberId }) => silent.includes(memberId ?? 0))).toBe(false);
    expect(rows.at(-1)).toMatchObject({
      channel: 'slack',
      notice: 'campaign',
      params: {},
      lane: 'campaign',
      topic: 'offers',
      resend: true,
    });
    expect(rows.at(-1)).toMatchObject({
      lateAt: at('20'),
      dedupe: `campaign:${id}:${moved}:`,
      variant: 'a',
      period: '',
      worth: 50,
    });
    expect(await stage.plan(at('02'))).toBe(0);
    expect(await stage.campaign(id)).toMatchObject({ state: 'running', plannedAt: at('02') });
  });

  it('is killed between any two pages, or within one, and run by two at once: everybody once, and nobody who came later', async () => {
    const { id } = await stage.start(await stage.draft());
    const cut = { ...stage.db, run: rolledBack };
    const moment = { db: stage.db, now: at('02'), timeZone: 'UTC' };
    await stage.db.run(
      {
        name: 'begin_only',
        text: "UPDATE campaign SET state = 'running', upper_member = (SELECT max(id) FROM member) WHERE id = $1",
      },
      [id],
    );
    const [newcomer] = await stage.members(1);
    const first = await planPage(moment, await stage.campaign(id), 0, 300);
    expect(first).toMatchObject({ upto: 300, planned: 300 });
    await expect(planPage({ ...moment, db: cut }, await stage.campaign(id), 300, 300)).rejects.toThrow('killed');
    expect(await stage.rows(id)).toHaveLength(300);
    // One that was slow and comes with a page that another has done.
    expect(await planPage(moment, await stage.campaign(id), 0, 300)).toBeNull();
    await Promise.all([stage.plan(at('02')), stage.plan(at('02')), stage.plan(at('02'))]);
    const rows = await stage.rows(id);
    expect(new Set(rows.map(({ memberId }) => memberId)).size).toBe(rows.length);
    expect(everybody.every((member) => rows.some(({ memberId }) => memberId === member))).toBe(true);
    expect(rows.some(({ memberId }) => memberId === newcomer)).toBe(false);
  });

  it('rests while it is paused, and drops what a stopped one had planned', async () => {
    const { id } = await stage.start(await stage.draft({ schedule: { kind: 'at', at: at('03').toISOString() } }));
    expect(await stage.campaign(id)).toMatchObject({ state: 'scheduled', beginsAt: at('03') });
    expect(await stage.plan(at('02', '23:59'))).toBe(0);
    await pauseCampaign(stage.ctx(), { id });
    expect(await stage.plan(at('03'))).toBe(0);
    expect(await resumeCampaign(stage.ctx(at('04')), { id })).toMatchObject({ state: 'scheduled' });
    expect(await stage.plan(at('04'))).toBeGreaterThan(500);
    const [first] = await stage.rows(id);
    await stage.db.prisma.delivery.update({ where: { id: first?.id ?? 0n }, data: { state: 'sent' } });
    await stopCampaign(stage.ctx(at('04')), { id });
    await finishCampaigns({ db: stage.db, now: at('04'), stopping: going });
    const { sent, waiting, dropped, planned } = await progressOf(stage.db, id);
    expect({ sent, waiting, dropped }).toEqual({ sent: 1, waiting: 0, dropped: { stopped: planned - 1 } });
  });

  it('goes to saved segments that are longer together than what anybody may write', async () => {
    const long = Array.from({ length: 25 }, (_, n) => `visits:${n + 1_000}`).join(' or ');
    const times = { createdAt: at('01'), updatedAt: at('01') };
    await stage.db.prisma.segment.createMany({
      data: ['Long', 'Longer'].map((name) => ({ name, text: `${long} or visits:${name.length} or language:en`, ...times })),
    });
    const id = await stage.broadcast({ segment: 'segment:long or segment:longer' });
    expect(await stage.db.prisma.campaign.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'running' });
  });

  it('pauses one whose segment can no longer be read, and says why', async () => {
    await stage.db.prisma.segment.create({
      data: { name: 'few', text: 'language:en', createdAt: at('01'), updatedAt: at('01') },
    });
    const { id } = await stage.start(
      await stage.draft({ segment: 'segment:few', schedule: { kind: 'at', at: at('03').toISOString() } }),
    );
    await stage.db.prisma.segment.deleteMany({ where: { name: 'few' } });
    await stage.plan(at('03'));
    expect(await stage.campaign(id)).toMatchObject({ state: 'paused' });
    const events = await stage.db.prisma.campaignEvent.findMany({ where: { campaignId: id }, orderBy: { id: 'desc' } });
    expect(events[0]).toMatchObject({ kind: 'paused', actorId: null, details: { refused: 'segment.unknown_segment' } });
  });
});

it('is planned though another can no longer be read: that one is paused', async () => {
  const [broken, whole] = [await stage.start(await stage.draft()), await stage.start(await stage.draft())];
  await stage.db.prisma
    .$executeRaw`UPDATE campaign SET state = 'running', meant = 'nonsense:1', upper_member = 1 WHERE id = ${broken.id}`;
  expect(await stage.plan(at('02'))).toBeGreaterThan(0);
  expect(await stage.campaign(broken.id)).toMatchObject({ state: 'paused' });
  expect(await stage.rows(broken.id)).toEqual([]);
  expect(await stage.campaign(whole.id)).toMatchObject({ state: 'running' });
});

describe('who gets which', () => {
  it('holds back a control group of the share that was asked for, another one for each campaign', async () => {
    const one = await stage.broadcast({ controlPercent: 20 });
    const other = await stage.broadcast({ controlPercent: 20 });
    const [held, rows] = [await stage.held(one), await stage.rows(one)];
    const both = (await stage.held(other)).filter((member) => held.includes(member));
    const all = held.length + rows.length;
    // Five standard deviations of a binomial of 500.
    expect(Math.abs(held.length - all * 0.2)).toBeLessThan(45);
    expect(Math.abs(both.length - all * 0.04)).toBeLessThan(22);
    expect(rows.some(({ memberId }) => held.includes(memberId ?? 0))).toBe(false);
  });

  it('tries wordings on a part, and gives the better one to the rest, also when it is chosen twice at once', async () => {
    const id = await stage.broadcast({
      ...{ variants: ['a', 'b'], button: { kind: 'scale' }, controlPercent: 10 },
      test: { percent: 30, by: 'answered', hours: 4 },
    });
    const tried = await stage.rows(id);
    const heldFirst = (await stage.held(id)).length;
    expect(Math.abs(tried.length - 135)).toBeLessThan(51);
    expect(Math.abs(tried.filter(({ variant }) => variant === 'a').length - tried.length / 2)).toBeLessThan(29);
    await stage.sent(id);
    for (const { id: delivery, memberId } of tried.filter(({ variant }) => variant === 'b').slice(0, 5)) {
      await noteResponse(stage.ctx(at('02', '13:00')), { delivery: Number(delivery), memberId, kind: 'answered', answer: 9 });
    }
    expect(await pickWinners({ db: stage.db, now: at('02', '15:59') })).toBe(0);
    expect(await finishCampaigns({ db: stage.db, now: at('02', '15:59'), stopping: going })).toBe(0);
    const twice = await Promise.all([1, 2].map(() => pickWinners({ db: stage.db, now: at('02', '16:00') })));
    expect(twice.toSorted()).toEqual([0, 1]);
    await stage.plan(at('02', '16:00'));
    const rest = (await stage.rows(id)).slice(tried.length);
    expect(new Set(rest.map(({ variant }) => variant))).toEqual(new Set(['b']));
    const held = await stage.held(id);
    expect(held.length).toBeGreaterThan(heldFirst);
    const people = new Set([...tried, ...rest].map(({ memberId }) => memberId));
    expect(people.size).toBe(tried.length + rest.length);
    expect([...everybody].filter((member) => !people.has(member) && !held.includes(member))).toEqual([]);
    expect(await stage.campaign(id)).toMatchObject({ winner: 'b', state: 'running' });
  });

  it('counts the hours of a try from when the last one got it, not from a night in which nobody did', async () => {
    const id = await stage.broadcast({
      ...{ variants: ['a', 'b'], button: { kind: 'scale' }, test: { percent: 30, by: 'answered', hours: 4 } },
    });
    const pick = (now: Date) => pickWinners({ db: stage.db, now });
    expect(await pick(at('02', '23:00'))).toBe(0);
    const tried = await stage.rows(id);
    const arrive = (rows: typeof tried, sentAt: Date) =>
      stage.db.prisma.delivery.updateMany({
        where: { id: { in: rows.map((row) => row.id) } },
        data: { state: 'sent', attempt: 1, sentAt, leaseUntil: sentAt },
      });
    await arrive(tried.slice(1), at('03', '09:00'));
    expect(await pick(at('03', '18:00'))).toBe(0);
    await arrive(tried.slice(0, 1), at('03', '15:00'));
    expect(await pick(at('03', '18:59'))).toBe(0);
    expect(await pick(at('03', '19:00'))).toBe(1);
    await stopCampaign(stage.ctx(at('04')), { id });
  });

  it('chooses the wording that more people followed for each it reached, of equals the first', () => {
    const counted = [
      { variant: 'b', reached: 100, pressed: 9 },
      { variant: 'a', reached: 200, pressed: 16 },
    ];
    expect(winnerOf(['a', 'b'], counted)).toBe('b');
    expect(winnerOf(['a', 'b'], [{ variant: 'b', reached: 0, pressed: 0 }])).toBe('a');
    expect(
      winnerOf(
        ['a', 'b', 'c'],
        counted.map((rate) => ({ ...rate, pressed: rate.reached / 10 })),
      ),
    ).toBe('a');
  });
});

describe('local time', () => {
  const zones = {
    'Europe/Helsinki': '29T07:00',
    'Asia/Tokyo': '29T01:00',
    'America/New_York': '29T14:00',
    'Mars/Olympus': '29T08:00',
  };

  it('is everybody’s own hour, on the day the clocks change too', async () => {
    const people = new Map<number, string>();
    for (const [zone, expected] of Object.entries(zones)) {
      const [member = 0] = await stage.members(1, { zone, language: 'fi' });
      people.set(member, expected);
    }
    const patch = { schedule: { kind: 'local', at: '2026-03-29T10:00' }, segment: 'language:fi' } as const;
    // The shop is in Berlin, whose clocks go forward that night: ten is eight in UTC.
    const id = await stage.broadcast(patch, at('27'), 'Europe/Berlin');
    expect(await stage.rows(id)).toEqual([]);
    await stage.plan(at('28', '19:59'), 'Europe/Berlin');
    expect(await stage.rows(id)).toEqual([]);
    await stage.plan(at('28', '20:00'), 'Europe/Berlin');
    const moments = (await stage.rows(id)).map(({ memberId, notBefore }) => [memberId, notBefore.toISOString().slice(8, 16)]);
    expect(new Map(moments as [number, string][])).toEqual(people);
    // Started when it is past that hour in Tokyo: there it is tomorrow's.
    const later = await stage.broadcast(patch, at('29', '05:00'), 'Europe/Berlin');
    const tokyo = (await stage.rows(later)).map(({ notBefore }) => notBefore.toISOString().slice(8, 16));
    expect(tokyo.toSorted()).toEqual(['29T07:00', '29T08:00', '29T14:00', '30T01:00']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimOffer } from '../../../src/program/campaigns/claim-offer.ts';
import { noteResponse } from '../../../src/program/campaigns/note-response.ts';
import { openOffers } from '../../../src/program/campaigns/open-offers.ts';
import { progressOf } from '../../../src/program/campaigns/progress.ts';
import { reportOf } from '../../../src/program/campaigns/report.ts';
import { pauseCampaign, stopCampaign } from '../../../src/program/campaigns/steer.ts';
import { beginSending } from '../../../src/program/deliveries/begin.ts';
import type { Claimed } from '../../../src/program/deliveries/claim.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { mergeMembers } from '../../../src/program/members/merge.ts';
import { couponTerms } from '../../../src/program/rewards/terms.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';
import { walletOf } from '../../support/ledger.ts';
import { mug } from '../../support/rewards.ts';
import { at, mugOffer, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  stage = await openStage({
    rewards: [
      mug({ cost: 0, stock: 1_000 }),
      mug({ id: 'last', cost: 0, stock: 1 }),
      mug({ id: 'tenner', kind: 'money', amountMinor: 1_000 }),
    ],
  });
});
afterAll(() => stage.close());

/** Messages of a broadcast, arrived, by the member they are for. */
async function arrived(patch: Parameters<typeof stage.broadcast>[0], count: number) {
  const members = await stage.members(count, { language: 'pl' });
  const id = await stage.broadcast({ segment: 'language:pl', ...patch });
  await stage.sent(id);
  const rows = await stage.rows(id);
  const deliveryOf = (memberId: number) => Number(rows.find((row) => row.memberId === memberId)?.id);
  return { id, members, deliveryOf };
}

const claim = (delivery: number, memberId: number, now = at('02', '13:00'), key?: string) =>
  claimOffer(stage.ctx(now, key), { delivery, memberId }, 'UTC');

describe('claimOffer', () => {
  it('gives one coupon for ten presses at once, with one reply', async () => {
    const { id, members, deliveryOf } = await arrived(mugOffer, 1);
    const [member = 0] = members;
    const replies = await Promise.all(Array.from({ length: 10 }, () => claim(deliveryOf(member), member)));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    const coupon = { reward: 'mug', source: 'offer', memberId: member, points: 0 };
    expect(replies[0]).toMatchObject({ campaign: id, points: null, coupon });
    expect(await stage.db.prisma.coupon.count({ where: { memberId: member } })).toBe(1);
    expect(await progressOf(stage.db, id)).toMatchObject({ claimed: 1, used: 0 });
    expect(await stage.campaign(id)).toMatchObject({ given: { coupons: 1, points: 0, minor: 0 } });
    // The reply shows the coupon: no message says it again.
    expect(await stage.db.prisma.delivery.count({ where: { notice: 'coupon-given' } })).toBe(0);
  });

  it('never gives more than the budget: of ten who press at once three get one, the rest are told', async () => {
    const { id, members, deliveryOf } = await arrived({ ...mugOffer, budget: { coupons: 3 } }, 10);
    const results = await Promise.allSettled(members.map((member) => claim(deliveryOf(member), member)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: string }).code] : []));
    expect(new Set(codes)).toEqual(new Set(['offer.gone']));
    expect(await stage.campaign(id)).toMatchObject({ given: { coupons: 3 } });
    const late = members[results.findIndex(({ status }) => status === 'rejected')] ?? 0;
    expect(await openOffers(stage.db, late, at('02', '13:00'))).not.toContainEqual(expect.objectContaining({ campaign: id }));
  });

  it('holds a budget of money, and gives points that the ledger explains', async () => {
    const { id, members, deliveryOf } = await arrived(
      { offer: { kind: 'points', points: 40 }, button: { kind: 'claim' }, budget: { points: 79 } },
      2,
    );
    const [one = 0, other = 0] = members;
    const key = 'the same event';
    const first = await claim(deliveryOf(one), one, at('02', '13:00'), key);
    expect(first).toMatchObject({ points: 40, balance: 40, coupon: null });
    expect(await claim(deliveryOf(one), one, at('03'), key)).toEqual(first);
    await expect(claim(deliveryOf(other), other)).rejects.toMatchObject({ code: 'offer.gone' });
    expect(await walletOf(stage.db, one)).toMatchObject({ balance: 40 });
    const [entry] = await stage.db.prisma.entry.findMany({ where: { memberId: one } });
    expect(entry).toMatchObject({ kind: 'grant', reason: { campaign: id } });
    const money = await arrived(
      { offer: { kind: 'reward', reward: 'tenner' }, button: { kind: 'claim' }, budget: { minor: 1_999 } },
      2,
    );
    const [rich = 0, late = 0] = money.members;
    await claim(money.deliveryOf(rich), rich);
    await expect(claim(money.deliveryOf(late), late)).rejects.toMatchObject({ code: 'offer.gone' });
    expect(await stage.campaign(money.id)).toMatchObject({ given: { coupons: 1, minor: 1_000 } });
    expect(await verify(stage.db)).toMatchObject({ problems: [] });
    await stage.db.prisma.campaign.update({ where: { id }, data: { givenPoints: 39 } });
    const found = { table: 'campaign', id: String(id), member: null, what: 'given_points', expected: '40', found: '39' };
    expect(await verify(stage.db)).toMatchObject({ problems: [found] });
    await stage.db.prisma.campaign.update({ where: { id }, data: { givenPoints: 40 } });
  });

  it('says when an offer is over, sold out, stopped, unknown or somebody else’s', async () => {
    const { id, members, deliveryOf } = await arrived({ ...mugOffer, endsAt: at('05') }, 3);
    const [one = 0, other = 0, third = 0] = members;
    await expect(claim(deliveryOf(one), other)).rejects.toMatchObject({ code: 'offer.not_yours' });
    await expect(claim(2_000_000, other)).rejects.toMatchObject({ code: 'offer.unknown' });
    await stage.db.prisma.delivery.update({ where: { id: deliveryOf(third) }, data: { state: 'planned', attempt: 0 } });
    await expect(claim(deliveryOf(third), third)).rejects.toMatchObject({ code: 'offer.unknown' });
    await expect(claim(deliveryOf(one), one, at('05'))).rejects.toMatchObject({ code: 'offer.over' });
    await pauseCampaign(stage.ctx(), { id });
    const mine = await claim(deliveryOf(one), one);
    await stopCampaign(stage.ctx(), { id });
    await expect(claim(deliveryOf(other), other)).rejects.toMatchObject({ code: 'offer.over' });
    // What was claimed stays theirs.
    expect(await claim(deliveryOf(one), one, at('06'))).toEqual(mine);

    const last = await arrived({ offer: { kind: 'reward', reward: 'last' }, button: { kind: 'claim' } }, 2);
    const [quick = 0, slow = 0] = last.members;
    await claim(last.deliveryOf(quick), quick);
    await expect(claim(last.deliveryOf(slow), slow)).rejects.toMatchObject({ code: 'reward.sold_out' });
  });

  it('counts for the card that somebody’s card went into, once for both', async () => {
    const { members, deliveryOf } = await arrived(mugOffer, 2);
    const [one = 0, other = 0] = members;
    const mine = await claim(deliveryOf(one), one);
    await mergeMembers(stage.ctx(at('03')), { one, other }, plainRules(100), 'UTC');
    const { mergedInto } = await stage.db.prisma.wallet.findUniqueOrThrow({ where: { memberId: one } });
    const keptId = mergedInto ?? one;
    const gone = keptId === one ? other : one;
    const again = await claim(deliveryOf(gone), keptId, at('04'));
    expect(again.coupon?.id).toBe(mine.coupon?.id);
    await expect(claim(deliveryOf(gone), gone, at('04'))).rejects.toMatchObject({ code: 'offer.not_yours' });
  });

  it('is nobody’s any more when it is stopped while the claim waits for its turn', async () => {
    const { id, members, deliveryOf } = await arrived(mugOffer, 1);
    const [member = 0] = members;
    let late: Promise<unknown> = Promise.resolve();
    await stage.db.prisma.$transaction(async (tx) => {
      await tx.campaign.update({ where: { id }, data: { state: 'stopped', endedAt: at('02') } });
      late = claim(deliveryOf(member), member).catch((error: unknown) => error);
      const waits = () => stage.db.prisma.$queryRaw`SELECT 1 AS one FROM pg_locks WHERE NOT granted`;
      await expect.poll(waits, { interval: 10, timeout: 4_000 }).not.toHaveLength(0);
    });
    expect(await late).toMatchObject({ code: 'offer.over' });
    expect(await stage.db.prisma.coupon.count({ where: { memberId: member } })).toBe(0);
  });

  it('tells nobody of what is given away already', async () => {
    const members = await stage.members(2, { language: 'fi' });
    const id = await stage.broadcast({ ...mugOffer, budget: { coupons: 1 }, segment: 'language:fi' });
    const [first, second] = await stage.rows(id);
    await stage.db.prisma.delivery.update({ where: { id: first?.id ?? 0n }, data: { state: 'sent', attempt: 1 } });
    await claimOffer(stage.ctx(at('03')), { delivery: Number(first?.id), memberId: members[0] ?? 0 }, 'UTC');
    const lease = { state: 'claimed', leasedBy: 'w', leaseUntil: new Date(Date.now() + 60_000) };
    await stage.db.prisma.delivery.update({ where: { id: second?.id ?? 0n }, data: lease });
    const rows = [{ id: Number(second?.id), worker: 'w', attempt: 0 } as Claimed];
    const terms = { quiet: { from: '21:00', until: '09:00' }, perWeek: 3, zone: 'UTC' };
    const [begun] = await beginSending(stage.db, rows, { leaseMs: 60_000, now: at('04'), terms });
    expect(begun).toEqual({ became: 'dropped' });
    expect((await stage.rows(id))[1]?.result).toEqual({ code: 'gone' });
  });

  it('reaches somebody once whose two cards became one while it was under way, and in one week', async () => {
    const members = await stage.members(2, { language: 'ru' });
    const [one = 0, other = 0] = members;
    const before = await stage.broadcast({ segment: 'language:ru' });
    await stage.db.prisma.delivery.updateMany({ where: { campaignId: before }, data: { state: 'sent', sentAt: at('02') } });
    const id = await stage.broadcast({ segment: 'language:ru' });
    await mergeMembers(stage.ctx(at('03')), { one, other }, plainRules(100), 'UTC');
    const told = await stage.rows(before);
    expect(new Set(told.map(({ personId }) => personId)).size).toBe(1);
    await stage.db.prisma.delivery.updateMany({
      where: { campaignId: id },
      data: { state: 'claimed', leasedBy: 'w', leaseUntil: new Date(Date.now() + 60_000) },
    });
    const rows = (await stage.rows(id)).map((row) => ({ id: Number(row.id), worker: 'w', attempt: 0 }) as Claimed);
    const terms = { quiet: { from: '21:00', until: '09:00' }, perWeek: 3, zone: 'UTC' };
    const begun = await beginSending(stage.db, rows, { leaseMs: 60_000, now: at('04'), terms });
    expect(begun.map(({ became }) => became)).toEqual(['sending', 'dropped']);
    expect((await stage.rows(id))[1]?.result).toEqual({ code: 'told' });
    expect((await reportOf(stage.db, before, at('05'))).told.people).toBe(1);
  });

  it('gives the reward as it was when the broadcast was started, good for as long as every coupon', async () => {
    const { members, deliveryOf } = await arrived(mugOffer, 1);
    const [member = 0] = members;
    const [before, after] = [mug({ cost: 0, stock: 1_000 }), mug({ cost: 0, stock: 1_000, validDays: 2, item: 'cup' } as never)];
    await stage.db.prisma.programVersion.create({
      data: { rules: { ...plainRules(100), rewards: [after] } as never, startsAt: at('03'), createdAt: at('03') },
    });
    const { coupon } = await claim(deliveryOf(member), member, at('04'));
    const { expiresAt, ...terms } = couponTerms(before, at('04'), plainRules(100), 'UTC');
    expect(coupon).toMatchObject({ terms: { ...terms, until: expect.any(String) as string } });
    expect(new Date(coupon?.expiresAt ?? 0)).toEqual(new Date(expiresAt));
    expect(new Date(coupon?.terms.until ?? 0)).toEqual(new Date(terms.until));
  });

  it('has the same end as couponTerms where a business day begins at five and the clocks change', async () => {
    for (const [now, zone] of [
      [at('28', '02:59'), 'Europe/Helsinki'],
      [at('28', '03:00'), 'Europe/Helsinki'],
      [at('30', '23:00'), 'America/New_York'],
    ] as const) {
      const reward = mug({ validDays: 1 });
      const expected = couponTerms(reward, now, { dayStartsAt: 5 }, zone);
      const [row] = await stage.db.run<{ terms: { expiresAt: string; until: string } }>(
        { name: 'terms', text: 'SELECT reward_terms($1, $2, $3, 5) AS terms' },
        [JSON.stringify(reward), now, zone],
      );
      expect(new Date(row?.terms.expiresAt ?? 0)).toEqual(new Date(expected.expiresAt));
      expect(new Date(row?.terms.until ?? 0)).toEqual(new Date(expected.until));
    }
  });
});

describe('openOffers and noteResponse', () => {
  it('lists what somebody can still claim, what ends first at the top', async () => {
    const [member = 0] = await stage.members(1, { language: 'bg' });
    const ids: number[] = [];
    for (const patch of [{ ...mugOffer }, { ...mugOffer, endsAt: at('09') }, { button: { kind: 'scale' as const } }]) {
      ids.push(await stage.broadcast({ segment: 'language:bg', ...patch }));
      await stage.sent(ids.at(-1) ?? 0);
    }
    const [endless, ending] = ids;
    const open = await openOffers(stage.db, member, at('02', '13:00'));
    expect(open.map(({ campaign }) => campaign)).toEqual([ending, endless]);
    expect(open[0]).toMatchObject({
      endsAt: at('09'),
      reward: { en: 'A mug', fi: 'Muki' },
      offer: { kind: 'reward', reward: 'mug' },
      variant: 'a',
    });
    await claim(open[0]?.delivery ?? 0, member);
    expect((await openOffers(stage.db, member, at('10'))).map(({ campaign }) => campaign)).toEqual([endless]);
  });

  it('counts a press once, and keeps the first answer', async () => {
    const link = { kind: 'link', url: 'https://example.com/menu', label: { en: 'Menu' } } as const;
    const { id, members, deliveryOf } = await arrived({ button: link }, 2);
    const [one = 0, other = 0] = members;
    const press = (memberId: number | null) =>
      noteResponse(stage.ctx(), { delivery: deliveryOf(one), memberId, kind: 'pressed' });
    expect(await press(one)).toMatchObject({ campaign: id, first: true, button: link });
    expect((await Promise.all([press(null), press(one)])).map(({ first }) => first)).toEqual([false, false]);
    await expect(press(other)).rejects.toMatchObject({ code: 'offer.not_yours' });

    const asked = await arrived({ button: { kind: 'question', answers: [{ en: 'Yes' }, { en: 'No' }] } }, 1);
    const [member = 0] = asked.members;
    const answer = (n: number, key?: string) =>
      noteResponse(stage.ctx(at('02', '13:00'), key), {
        delivery: asked.deliveryOf(member),
        memberId: member,
        kind: 'answered',
        answer: n,
      });
    await expect(answer(2)).rejects.toMatchObject({ code: 'offer.no_answer' });
    const first = await answer(1, 'answer');
    expect(first).toMatchObject({ answer: 1, first: true });
    expect(await answer(0)).toMatchObject({ answer: 1, first: false });
    expect(await answer(1, 'answer')).toEqual(first);
    expect(await progressOf(stage.db, asked.id)).toMatchObject({ answered: 1, answers: { 1: 1 }, pressed: 0 });
    await expect(
      noteResponse(stage.ctx(), { delivery: asked.deliveryOf(member), memberId: member, kind: 'pressed' }),
    ).rejects.toMatchObject({ code: 'offer.unknown' });
    await stopCampaign(stage.ctx(), { id: asked.id });
    expect(await answer(0)).toMatchObject({ answer: 1, first: false });
  });
});

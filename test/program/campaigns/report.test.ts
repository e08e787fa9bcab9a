import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimOffer } from '../../../src/program/campaigns/claim-offer.ts';
import { finishCampaigns } from '../../../src/program/campaigns/finish-campaigns.ts';
import { progressOf } from '../../../src/program/campaigns/progress.ts';
import { reportOf, verdictOf } from '../../../src/program/campaigns/report.ts';
import { type Sample, shares, tQuantile, welch } from '../../../src/program/campaigns/statistics.ts';
import { stopCampaign } from '../../../src/program/campaigns/steer.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import { programAt } from '../../../src/program/settings/program.ts';
import { asOwner, contextOf, refund } from '../../support/ledger.ts';
import { mug } from '../../support/rewards.ts';
import { at, openStage } from './stage.ts';

const going = new AbortController().signal;
let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  stage = await openStage({ rewards: [mug({ id: 'tenner', kind: 'money', amountMinor: 1_000, cost: 0 })] });
});
afterAll(() => stage.close());

const finish = (now: Date) => finishCampaigns({ db: stage.db, now, stopping: going });

async function buys(memberId: number, amountMinor: number, now: Date): Promise<number> {
  const { code } = await stage.db.prisma.member.findUniqueOrThrow({ where: { id: memberId } });
  const program = await programAt(stage.db, now);
  const { saleId } = await credit(contextOf(stage.db, now), { member: code, amountMinor, currency: 'EUR' }, program, 'UTC');
  return saleId;
}

/** Sales of many at once: what the ledger would write, without points. */
async function allBuy(members: readonly number[], amountMinor: (index: number) => number, now: Date): Promise<void> {
  await asOwner(stage.db.url, (client) =>
    client.query(
      `INSERT INTO sale (member_id, amount_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after, refunded_minor)
        SELECT m, a, 'EUR', 'R' || m || $3::text, $3::timestamptz, $3::timestamptz, 'k' || m || $3::text, '', '{}', 0, 0, 0 FROM unnest($1::int[], $2::bigint[]) x (m, a)`,
      [members, members.map((_, index) => amountMinor(index)), now.toISOString()],
    ),
  );
}

describe('statistics', () => {
  it('finds what R finds for Student’s sleep data', () => {
    // R: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, 95 percent confidence interval: -3.3654832 0.2054832.
    const sampleOf = (values: number[]): Sample => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        count: values.length,
        mean,
        variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
      };
    };
    const one = sampleOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]);
    const other = sampleOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const found = welch(one, other);
    expect(found?.value).toBeCloseTo(-1.58, 9);
    expect(found?.low).toBeCloseTo(-3.3654832, 4);
    expect(found?.high).toBeCloseTo(0.2054832, 4);
  });

  it('has the quantiles of the printed tables', () => {
    // https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
    for (const [freedom, quantile] of [
      [5, 2.571],
      [10, 2.228],
      [30, 2.042],
      [100, 1.984],
    ] as const)
      expect(tQuantile(freedom)).toBeCloseTo(quantile, 2);
  });

  it('tells shares apart only where there are enough people, and knows the ends', () => {
    expect(shares({ count: 300, of: 1_000 }, { count: 200, of: 1_000 })?.low).toBeGreaterThan(0);
    expect(shares({ count: 3, of: 10 }, { count: 2, of: 10 })?.low).toBeLessThan(0);
    expect(shares({ count: 0, of: 0 }, { count: 2, of: 10 })).toBeNull();
    expect(welch({ count: 1, mean: 5, variance: 0 }, { count: 9, mean: 5, variance: 1 })).toBeNull();
    expect(welch({ count: 40, mean: 5, variance: 0 }, { count: 40, mean: 5, variance: 0 })).toEqual({
      value: 0,
      low: 0,
      high: 0,
    });
  });

  it('concludes nothing from a few people, nor from a difference that may be chance', () => {
    const arm = (people: number) => ({ people, buyers: 0, turnoverMinor: 0 });
    const more = { value: 5, low: 1, high: 9 };
    expect(verdictOf(arm(100), null, null)).toBe('no_control');
    expect(verdictOf(arm(100), arm(29), more)).toBe('too_small');
    expect(verdictOf(arm(100), arm(30), more)).toBe('more');
    expect(verdictOf(arm(100), arm(30), { value: -5, low: -9, high: -1 })).toBe('less');
    expect(verdictOf(arm(100), arm(30), { value: 5, low: -1, high: 11 })).toBe('too_small');
  });
});

describe('progressOf and finishCampaigns', () => {
  it('count what became of every message, and why', async () => {
    await stage.members(12, { language: 'ru' });
    const id = await stage.broadcast({ segment: 'language:ru' });
    const rows = await stage.rows(id);
    const ends = [
      ...[{ state: 'sent' }, { state: 'sent' }, { state: 'sent' }, { state: 'unknown', result: { code: 'unknown' } }],
      ...[
        { state: 'failed', result: { code: 'unreachable' } },
        { state: 'failed', result: { code: 'refused' } },
      ],
      ...[
        { state: 'dropped', result: { code: 'muted' } },
        { state: 'dropped', result: { code: 'cap' } },
        { state: 'dropped', result: { code: 'cap' } },
      ],
      { state: 'sending' },
      { state: 'retry' },
    ];
    for (const [index, data] of ends.entries())
      await stage.db.prisma.delivery.update({ where: { id: rows[index]?.id ?? 0n }, data });
    await asOwner(stage.db.url, (client) =>
      client.query(`UPDATE delivery SET lease_until = now() WHERE campaign_id = $1 AND state = 'sent' AND id <> $2`, [
        id,
        rows[0]?.id,
      ]),
    );
    expect(await progressOf(stage.db, id)).toMatchObject({
      ...{ planned: 12, waiting: 3, sent: 3, blocked: 1, failed: 1, uncertain: 1, dropped: { muted: 1, cap: 2 } },
      ...{ perMinute: 2, leftMs: 90_000, held: 0 },
    });
    expect(await finish(at('02'))).toBe(0);
    await stage.db.prisma.delivery.updateMany({
      where: { campaignId: id, state: { in: ['planned', 'sending', 'retry'] } },
      data: { state: 'sent' },
    });
    expect(await finish(at('02', '12:30'))).toBe(1);
    expect(await stage.campaign(id)).toMatchObject({ state: 'done', endedAt: at('02', '12:30') });
    expect(await progressOf(stage.db, id)).toMatchObject({ waiting: 0, leftMs: 0 });
  });
});

describe('reportOf', () => {
  it('compares what the told and the held back spent in the window, without what was refunded', async () => {
    await stage.members(400, { language: 'pl' });
    const offer = { offer: { kind: 'reward', reward: 'tenner' }, button: { kind: 'claim' } } as const;
    const id = await stage.broadcast({ segment: 'language:pl', controlPercent: 40, windowDays: 7, ...offer });
    await stage.sent(id);
    const [rows, held] = [await stage.rows(id), await stage.held(id)];
    const told = rows.map(({ memberId }) => memberId ?? 0);
    // Before and after the window, and at its very end.
    await allBuy(told, () => 99_999, at('01'));
    await allBuy(told, () => 99_999, at('09', '12:01'));
    await allBuy(told, (index) => 1_000 + (index % 5) * 100, at('09', '12:00'));
    await allBuy(held, (index) => 500 + (index % 5) * 100, at('04'));
    const [first = 0] = told;
    const sale = await buys(first, 50_000, at('05'));
    await refund(contextOf(stage.db, at('06')), { saleId: sale, amountMinor: 20_000 });
    await refund(contextOf(stage.db, at('20')), { saleId: sale });
    const delivery = Number(rows[0]?.id);
    const { coupon } = await claimOffer(stage.ctx(at('03')), { delivery, memberId: first }, 'UTC');
    expect((await reportOf(stage.db, id, at('04'))).costMinor).toBe(0);
    await useCoupon(contextOf(stage.db, at('05')), { code: coupon?.code ?? '' });

    const report = await reportOf(stage.db, id, at('21'));
    const turnover = told.reduce((sum, _, index) => sum + 1_000 + (index % 5) * 100, 0);
    expect(report).toMatchObject({
      ...{
        told: { people: told.length, buyers: told.length, turnoverMinor: turnover },
        control: { people: held.length, buyers: held.length },
      },
      ...{ costMinor: 1_000, verdict: 'more', until: at('09').toISOString(), closed: true, paidMessages: 0 },
      variants: [{ variant: 'a', planned: told.length, reached: told.length, claimed: 1, pressed: 0, answered: 0 }],
    });
    expect(report.perHead?.value).toBeGreaterThan(480);
    expect(report.perHead?.value).toBeLessThan(520);
    expect(report.brought?.value).toBe(Math.round((report.perHead?.value ?? 0) * told.length));
    // Two days into the window only what was bought by then counts.
    expect(await reportOf(stage.db, id, at('04', '12:00'))).toMatchObject({
      told: { turnoverMinor: 0 },
      verdict: 'less',
      closed: false,
    });

    await finish(at('09', '11:59'));
    expect(await stage.campaign(id)).toMatchObject({ state: 'done' });
    await finish(at('09', '12:00'));
    const kept = await reportOf(stage.db, id, at('09', '12:00'));
    await stage.db.prisma.delivery.deleteMany({ where: { campaignId: id } });
    expect(await reportOf(stage.db, id, at('28'))).toEqual(kept);
    expect(kept).toMatchObject({ told: { people: told.length }, closed: true });
    await finish(at('28'));
    expect(await stage.db.prisma.campaignEvent.count({ where: { campaignId: id, kind: 'closed' } })).toBe(1);
  });

  it('says so when nobody was held back, and keeps the figures of a stopped one', async () => {
    await stage.members(3, { language: 'bg' });
    const id = await stage.broadcast({ segment: 'language:bg', windowDays: 1 });
    await stopCampaign(stage.ctx(at('02')), { id });
    expect(await reportOf(stage.db, id, at('02'))).toMatchObject({
      verdict: 'no_control',
      control: null,
      perHead: null,
      brought: null,
    });
    await finish(at('03'));
    expect(await reportOf(stage.db, id, at('04'))).toMatchObject({ closed: true, progress: { dropped: { stopped: 3 } } });
  });
});

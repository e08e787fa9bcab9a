import { afterAll, describe, expect, it } from 'vitest';
import { couponUpkeep } from '../../../src/jobs/coupons.ts';
import { checkCode } from '../../../src/program/codes.ts';
import { ensureJourneys } from '../../../src/program/journeys/ensure-journeys.ts';
import { planJourneys } from '../../../src/program/journeys/plan-journeys.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { findCoupon } from '../../../src/program/rewards/find-coupon.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { rewardsInReach, shelfOf } from '../../../src/program/rewards/shelf.ts';
import { couponTerms } from '../../../src/program/rewards/terms.ts';
import { textIn } from '../../../src/program/rewards/text-in.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import { freshDatabase } from '../../support/database.ts';
import { asOwner, contextOf, newPerson, walletOf } from '../../support/ledger.ts';
import { give, memberWith, mug, programWith, take } from '../../support/rewards.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const now = new Date('2026-03-01T12:00:00Z');
const days = (count: number, hours = 0) => new Date(now.getTime() + (count * 24 + hours) * 3_600_000);
const ctx = (at = now, more: Parameters<typeof contextOf>[2] = {}) => contextOf(db, at, more);
const plain = programWith([mug()]);
const refusal = (code: string, params?: object) => ({ code, ...(params ? { params } : {}) });
const told = (personId: number) => db.prisma.delivery.findMany({ where: { personId }, orderBy: { id: 'asc' } });
const work = async (at: Date) => {
  await couponUpkeep({ db, now: at, timeZone: 'UTC', stopping: new AbortController().signal });
  await planJourneys({ db, now: at, timeZone: 'UTC' });
};

describe('redeeming', () => {
  it('takes the points that end first and issues a coupon; the same key gives the same coupon', async () => {
    const ends = programWith([mug()], { expiry: { policy: 'months', months: 6, end: 'day' } });
    const anna = await memberWith(db, now, [20, 20], ends);
    const first = await take(ctx(now, { key: 'r1' }), anna.id, ends);
    expect(first).toMatchObject({ memberId: anna.id, reward: 'mug', source: 'redeem', points: 30, balance: 10, usedAt: null });
    expect(checkCode(first.code, 10)).toBe('right');
    expect(new Date(first.expiresAt)).toEqual(new Date('2026-04-01T00:00:00Z'));
    expect(first.terms).toMatchObject({ kind: 'item', item: 'mug', cost: 30, name: { fi: 'Muki' } });
    expect(await take(ctx(days(1), { key: 'r1' }), anna.id, ends)).toEqual(first);
    expect((await walletOf(db, anna.id)).lots.map(({ remaining }) => remaining)).toEqual([0, 10]);
    expect(await openCoupons(ctx(), anna.id)).toMatchObject([{ code: first.code }]);
    const bo = await memberWith(db, now, [90]);
    await expect(take(ctx(now, { key: 'r1' }), bo.id, ends)).rejects.toMatchObject(refusal('ledger.key_reused'));
  });

  it('gives the first coupon again when the reward is gone from the program since', async () => {
    const anna = await memberWith(db, now, [40]);
    const coupon = await take(ctx(now, { key: 'gone' }), anna.id, plain);
    const without = programWith([]);
    expect(await redeem(ctx(now, { key: 'gone' }), { memberId: anna.id, reward: 'mug', agreed: 30 }, without, 'UTC')).toEqual(
      coupon,
    );
  });

  it('costs nothing where it costs nothing: no movement, only the coupon', async () => {
    const anna = await memberWith(db, now, []);
    const free = programWith([mug({ cost: 0, kind: 'privilege' } as never)]);
    expect(await take(ctx(), anna.id, free)).toMatchObject({ points: 0, balance: null });
    expect(await db.prisma.entry.count({ where: { memberId: anna.id } })).toBe(0);
  });

  it('is refused with the reason, and then nothing has happened', async () => {
    const anna = await memberWith(db, now, [40]);
    const tiers = { by: 'points', windowMonths: 12, graceDays: 0, warnDays: 0 } as const;
    const levels = [
      { id: 'base', name: 'Base', from: 0 },
      { id: 'gold', name: 'Gold', from: 100, earlyAccessDays: 2 },
    ];
    const refused = async (more: Parameters<typeof mug>[0], at = now) => {
      const one = programWith([mug(more)], { tiers: { ...tiers, levels } });
      const error = await take(ctx(at), anna.id, one).catch((reason: unknown) => reason);
      expect(await walletOf(db, anna.id)).toMatchObject({ balance: 40 });
      return error;
    };
    expect(await refused({ cost: 41 })).toMatchObject(refusal('ledger.not_enough', { points: 41, balance: 40 }));
    expect(await refused({ hidden: true })).toMatchObject(refusal('reward.unknown'));
    expect(await refused({ stock: 0 })).toMatchObject(refusal('reward.sold_out'));
    expect(await refused({ tiers: ['gold'] })).toMatchObject(refusal('reward.tier', { tiers: 'Gold' }));
    expect(await refused({ until: '2026-02-28' })).toMatchObject(refusal('reward.over'));
    expect(await refused({ from: '2026-03-02' })).toMatchObject(refusal('reward.not_yet'));
    expect(await refused({ kind: 'event', at: now.toISOString(), places: 9 } as never)).toMatchObject(refusal('reward.over'));
    const wrong = redeem(ctx(), { memberId: anna.id, reward: 'mug', agreed: 29 }, plain, 'UTC');
    await expect(wrong).rejects.toMatchObject(refusal('reward.price_changed', { count: 30 }));
    // Gold may have it two days before the others, and what is only for gold.
    await asOwner(db.url, (client) =>
      client.query(
        `INSERT INTO standing (member_id, tier, manual) VALUES (${anna.id}, 'gold', true) ON CONFLICT (member_id) DO UPDATE SET tier = 'gold', manual = true`,
      ),
    );
    const early = programWith([mug({ from: '2026-03-03', tiers: ['gold'] })], { tiers: { ...tiers, levels } });
    expect(await shelfOf(ctx(), { id: anna.id, balance: 40 }, early, 'UTC')).toMatchObject([{ state: 'ready' }]);
    expect(await take(ctx(), anna.id, early)).toMatchObject({ balance: 10 });
  });

  it('keeps the last day whole, in the time zone of the program', () => {
    const at = new Date('2026-03-01T22:30:00Z');
    expect(couponTerms(mug({ validDays: 1 }), at, { dayStartsAt: 0 }, 'Europe/Helsinki').expiresAt).toBe(
      '2026-03-03T22:00:00.000Z',
    );
    expect(couponTerms(mug({ validDays: 1 }), at, { dayStartsAt: 4 }, 'Europe/Helsinki').expiresAt).toBe(
      '2026-03-03T02:00:00.000Z',
    );
    // Clocks go forward in between.
    const spring = couponTerms(mug({ validDays: 30 }), at, { dayStartsAt: 0 }, 'Europe/Helsinki');
    expect(spring).toMatchObject({ expiresAt: '2026-04-01T21:00:00.000Z', until: '2026-04-01T20:59:59.999Z' });
    const leap = couponTerms(mug({ validDays: 1 }), new Date('2028-02-28T10:00:00Z'), { dayStartsAt: 0 }, 'UTC');
    expect(leap.expiresAt).toBe('2028-03-01T00:00:00.000Z');
    const event = { kind: 'event', at: '2026-05-05T18:00:00.000Z', places: 3 } as never;
    expect(couponTerms(mug(event), at, { dayStartsAt: 0 }, 'UTC')).toMatchObject({
      expiresAt: '2026-05-06T00:00:00.000Z',
      stock: 3,
    });
  });
});

describe('the shelf', () => {
  it('shows what can be had now, what is next and how far, and what stands in the way', async () => {
    const program = programWith([
      mug({ id: 'dear', cost: 100 }),
      mug({ id: 'tea', cost: 10 }),
      mug({ id: 'cake', cost: 35 }),
      mug({ id: 'secret', hidden: true }),
      mug({ id: 'once', cost: 5, perMember: 1 }),
      mug({ id: 'rare', cost: 5, stock: 1 }),
      mug({ id: 'soon', cost: 5, from: '2026-04-01' }),
    ]);
    const anna = await memberWith(db, now, [50]);
    const bo = await memberWith(db, now, [50]);
    await take(ctx(), anna.id, program, 'once');
    await take(ctx(), bo.id, program, 'rare');
    const shelf = await shelfOf(ctx(), { id: anna.id, balance: 45 }, program, 'UTC');
    expect(shelf.map(({ reward, state, missing, left }) => [reward.id, state, missing, left])).toEqual([
      ['tea', 'ready', 0, null],
      ['cake', 'ready', 0, null],
      ['dear', 'short', 55, null],
      ['soon', 'later', 0, null],
      ['once', 'taken', 0, null],
      ['rare', 'sold_out', 0, 0],
    ]);
    expect((await rewardsInReach(ctx(), { id: anna.id, balance: 45 }, program, 'UTC')).map(({ id }) => id)).toEqual([
      'cake',
      'tea',
    ]);
    expect((await shelfOf(ctx(), null, program, 'UTC')).map(({ state }) => state)).toContain('short');
  });

  it('speaks the language of who reads, else that of the shop, else any', () => {
    expect(textIn({ fi: 'Muki', en: 'A mug' }, 'fi', 'en')).toBe('Muki');
    expect(textIn({ fi: 'Muki', en: 'A mug' }, 'ru', 'en')).toBe('A mug');
    expect(textIn({ fi: 'Muki' }, 'ru', 'en')).toBe('Muki');
  });
});

describe('giving back', () => {
  it('returns the points with the ends they had, and the piece of stock', async () => {
    const program = programWith([mug({ stock: 1, id: 'one' })], { expiry: { policy: 'months', months: 2, end: 'day' } });
    const anna = await memberWith(db, now, [20, 20], program);
    const { code } = await take(ctx(), anna.id, program, 'one');
    const back = await cancelCoupon(ctx(days(3), { key: 'c1' }), { memberId: anna.id, code });
    expect(back).toMatchObject({ points: 30, balance: 40, cancelledAt: expect.any(String) });
    expect(await cancelCoupon(ctx(days(9), { key: 'c1' }), { memberId: anna.id, code })).toEqual(back);
    const ends = await db.prisma.lot.findMany({ where: { memberId: anna.id, remaining: { gt: 0 } } });
    expect(new Set(ends.map(({ expiresAt }) => expiresAt?.toISOString()))).toEqual(new Set(['2026-05-02T00:00:00.000Z']));
    expect(await take(ctx(days(4)), anna.id, program, 'one')).toMatchObject({ balance: 10 });
    await expect(cancelCoupon(ctx(days(5)), { memberId: anna.id, code })).rejects.toMatchObject(refusal('coupon.cancelled'));
  });

  it('of points that are past their end returns them expired', async () => {
    const program = programWith([mug({ validDays: 100 })], { expiry: { policy: 'months', months: 1, end: 'day' } });
    const anna = await memberWith(db, now, [30], program);
    const { code } = await take(ctx(), anna.id, program);
    expect(await cancelCoupon(ctx(days(40)), { memberId: anna.id, code })).toMatchObject({ points: 30, balance: 0 });
  });

  it('is refused for a present, a stranger, an event that has begun, and what was used', async () => {
    const anna = await memberWith(db, now, [90]);
    const bo = await memberWith(db, now, []);
    await give(db.url, ctx(), anna.id, plain, 'birthday');
    const [present] = await openCoupons(ctx(), anna.id);
    const give1 = cancelCoupon(ctx(), { memberId: anna.id, code: present?.code ?? '' });
    await expect(give1).rejects.toMatchObject(refusal('coupon.a_gift'));
    const { code } = await take(ctx(), anna.id, plain);
    await expect(cancelCoupon(ctx(), { memberId: bo.id, code })).rejects.toMatchObject(refusal('coupon.unknown'));
    await useCoupon(ctx(), { code });
    await expect(cancelCoupon(ctx(), { memberId: anna.id, code })).rejects.toMatchObject(refusal('coupon.used'));
    const concert = programWith([mug({ id: 'concert', kind: 'event', at: days(1).toISOString(), places: 5 } as never)]);
    const ticket = await take(ctx(), anna.id, concert, 'concert');
    await expect(cancelCoupon(ctx(days(1, 1)), { memberId: anna.id, code: ticket.code })).rejects.toMatchObject(
      refusal('coupon.event_begun'),
    );
  });
});

describe('using', () => {
  it('happens once, is told to the owner, and says when and by whom to who comes second', async () => {
    const { actor } = await newPerson(db, 'staff');
    const anna = await memberWith(db, now, [30]);
    const { code } = await take(ctx(), anna.id, plain);
    const used = await useCoupon(ctx(days(1), { actor, key: 'u1' }), { code, shop: 'centre' });
    expect(used).toMatchObject({ name: 'customer', usedAt: expect.any(String) });
    expect(await useCoupon(ctx(days(2), { actor, key: 'u1' }), { code })).toEqual(used);
    const again = await useCoupon(ctx(days(2), { actor }), { code }).catch((reason: unknown) => reason);
    expect(again).toMatchObject(refusal('coupon.used', { at: used.usedAt, by: 'staff' }));
    expect((await told(anna.personId)).filter(({ notice }) => notice === 'coupon-used')).toHaveLength(1);
    expect(await db.prisma.coupon.findUnique({ where: { code } })).toMatchObject({ usedShop: 'centre' });
    const log = await db.prisma.couponEvent.findMany({ where: { couponId: used.id }, orderBy: { id: 'asc' } });
    expect(log.map(({ kind }) => kind)).toEqual(['issued', 'used']);
  });

  it('is for staff, for what is known, and ends with the date even before the job has run', async () => {
    const anna = await memberWith(db, now, [60]);
    const { code } = await take(ctx(), anna.id, plain);
    await expect(useCoupon(ctx(now, { actor: anna.actor }), { code })).rejects.toMatchObject(refusal('staff.only'));
    await expect(useCoupon(ctx(), { code: '00000000000' })).rejects.toMatchObject(refusal('coupon.unknown'));
    const last = days(30, 11);
    await expect(useCoupon(ctx(days(31)), { code })).rejects.toMatchObject(
      refusal('coupon.expired', { at: '2026-03-31T23:59:59.999Z' }),
    );
    expect(await useCoupon(ctx(last), { code })).toMatchObject({ code });
    const card = programWith([mug({ id: 'card', kind: 'gift_card', amountMinor: 500 } as never)]);
    const stored = await take(ctx(), anna.id, card, 'card');
    expect(stored).toMatchObject({ valueMinor: 500, leftMinor: 500 });
    await expect(useCoupon(ctx(), { code: stored.code })).rejects.toMatchObject(refusal('coupon.in_parts'));
  });
});

describe('a code', () => {
  it('of somebody else is like a wrong, a used and a spent one to a stranger; owner and staff get the truth', async () => {
    const anna = await memberWith(db, now, [120]);
    const staff = await newPerson(db, 'staff');
    const good = await take(ctx(), anna.id, plain);
    const used = await take(ctx(), anna.id, plain);
    await useCoupon(ctx(), { code: used.code });
    const asks = async (actor: typeof anna.actor, typed: string, at = now) =>
      findCoupon(ctx(at, { actor }), typed).catch((reason: unknown) => reason);
    const codes = [good.code, used.code, '0123456789X', 'hello', good.code.replace(/.$/, (last) => (last === '0' ? '1' : '0'))];
    for (const typed of codes) {
      const stranger = await newPerson(db, null);
      expect(await asks(stranger.actor, typed)).toMatchObject(refusal('coupon.unknown', { count: undefined }));
    }
    for (const actor of [anna.actor, staff.actor]) {
      expect(await asks(actor, `https://t.me/bot?start=u_${used.code}`)).toMatchObject({
        usedAt: expect.any(String),
        reward: 'mug',
      });
      expect(await asks(actor, good.code.toLowerCase().replace(/(....)/g, '$1-'))).toMatchObject({
        code: good.code,
        name: 'customer',
      });
    }
    expect(await asks(staff.actor, codes[4] ?? '')).toMatchObject(refusal('coupon.mistyped'));
  });

  it('can be tried five times an hour, also all at once; an owner never waits for their own', async () => {
    const anna = await memberWith(db, now, [60]);
    const bo = await memberWith(db, now, [30]);
    const { code } = await take(ctx(), anna.id, plain);
    const own = await take(ctx(), bo.id, plain);
    const tries = Array.from({ length: 20 }, (_, at) =>
      findCoupon(ctx(now, { actor: bo.actor }), `0000000${at}`).then(String, ({ code: said }) => said as string),
    );
    const said = await Promise.all(tries);
    expect(said.filter((one) => one === 'coupon.unknown')).toHaveLength(5);
    expect(said.filter((one) => one === 'coupon.too_many_tries')).toHaveLength(15);
    expect(await findCoupon(ctx(now, { actor: bo.actor }), own.code)).toMatchObject({ code: own.code });
    const waiting = findCoupon(ctx(days(0, 0.5), { actor: bo.actor }), code);
    await expect(waiting).rejects.toMatchObject(refusal('coupon.too_many_tries', { count: 30 }));
    const later = findCoupon(ctx(days(0, 1), { actor: bo.actor }), code);
    await expect(later).rejects.toMatchObject(refusal('coupon.unknown'));
  });

  it('made by the database has the check character that codes have here, and is never made twice', async () => {
    const rows = await db.run<{ code: string }>(
      { name: 'codes', text: 'SELECT code_new(10) AS code FROM generate_series(1, 500)' },
      [],
    );
    expect(new Set(rows.map(({ code }) => code)).size).toBe(500);
    for (const { code } of rows) expect([code, checkCode(code, 10)]).toEqual([code, 'right']);
    const letters = new Set(rows.flatMap(({ code }) => [...code.slice(0, 10)]));
    expect(letters.size).toBe(32);
  });
});

describe('what is given', () => {
  it('costs nothing, comes once per key, is told with its source, and counts a limited stock without asking it', async () => {
    const program = programWith([mug({ id: 'cup', stock: 1 })]);
    const anna = await memberWith(db, now, [60]);
    const id = await give(db.url, ctx(now, { key: 'g1' }), anna.id, program, 'stamps', 'cup');
    expect(await give(db.url, ctx(now, { key: 'g1' }), anna.id, program, 'stamps', 'cup')).toBe(id);
    await expect(give(db.url, ctx(now, { key: 'g1' }), anna.id, program, 'birthday', 'cup')).rejects.toThrow('ledger.key_reused');
    await give(db.url, ctx(), anna.id, program, 'stamps', 'cup');
    expect((await openCoupons(ctx(), anna.id)).map(({ points, source }) => [points, source])).toEqual([
      [0, 'stamps'],
      [0, 'stamps'],
    ]);
    await expect(take(ctx(), anna.id, program, 'cup')).rejects.toMatchObject(refusal('reward.sold_out'));
    const notices = (await told(anna.personId)).filter(({ notice }) => notice === 'coupon-given');
    expect(notices.map(({ params }) => params)).toMatchObject([{ source: 'stamps', name: { fi: 'Muki' } }, { source: 'stamps' }]);
  });
});

describe('upkeep', () => {
  it('warns on the way to the end, each step once, a late one only with the nearest, never of what was just got', async () => {
    const program = programWith([mug({ id: 'long', validDays: 90, cost: 1 }), mug({ id: 'short', validDays: 3, cost: 1 })]);
    await db.prisma.programVersion.create({ data: { rules: program.rules as never, startsAt: new Date(0), createdAt: now } });
    const anna = await memberWith(db, now, [10]);
    const bo = await memberWith(db, now, [10]);
    await take(ctx(), anna.id, program, 'long');
    await take(ctx(), bo.id, program, 'short');
    let clock = now;
    /** Planned a day before its hour: what has come up by now. */
    const steps = async (personId: number) =>
      (await told(personId))
        .filter(({ notice, notBefore }) => notice === 'campaign' && notBefore <= clock)
        .map(({ dedupe }) => dedupe.split(':').at(-1));
    const at = async (day: string, hour: number) => {
      clock = new Date(`${day}T${String(hour).padStart(2, '0')}:00:00Z`);
      await work(clock);
    };
    await ensureJourneys(db, new Date(0));
    await at('2026-03-01', 13);
    expect([await steps(anna.personId), await steps(bo.personId)]).toEqual([[], []]);
    // 90 days: good until 30 May, the end of the day.
    await at('2026-05-01', 9);
    expect([await steps(anna.personId), await steps(bo.personId)]).toEqual([[], []]);
    await at('2026-05-01', 10);
    await at('2026-05-10', 10);
    expect(await steps(anna.personId)).toEqual(['30']);
    await at('2026-05-30', 12);
    await at('2026-05-30', 12);
    expect(await steps(anna.personId)).toEqual(['30', '1']);
    expect(await steps(bo.personId)).toEqual([]);
    await at('2026-05-31', 0);
    const ended = await db.prisma.coupon.findFirst({ where: { memberId: anna.id } });
    expect(ended).toMatchObject({ expiredAt: new Date('2026-05-31T00:00:00Z'), usedAt: null });
    expect(await db.prisma.couponEvent.count({ where: { couponId: ended?.id ?? 0, kind: 'expired' } })).toBe(1);
    await expect(cancelCoupon(ctx(days(100)), { memberId: anna.id, code: ended?.code ?? '' })).rejects.toMatchObject(
      refusal('coupon.expired'),
    );
  });

  it('warns a day before of a coupon that lives three days, and at two servers at once only once', async () => {
    const program = programWith([mug({ id: 'brief', validDays: 3, cost: 1 })]);
    const cy = await memberWith(db, days(200), [10]);
    await take(ctx(days(200)), cy.id, program, 'brief');
    await ensureJourneys(db, new Date(0));
    await Promise.all([work(days(203)), work(days(203)), work(days(203))]);
    expect((await told(cy.personId)).filter(({ notice }) => notice === 'campaign')).toHaveLength(1);
  });
});

describe('the database', () => {
  it('keeps what a coupon says and what became of it', async () => {
    const anna = await memberWith(db, now, [60]);
    const { id, code } = await take(ctx(), anna.id, plain);
    await spend(ctx(), { memberId: anna.id, points: 30, reason: {} });
    await asOwner(db.url, async (client) => {
      const refused = async (sql: string) => {
        const said = await client.query(sql).then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        return said;
      };
      expect(await refused(`UPDATE coupon SET terms = '{}' WHERE id = ${id}`)).toBe('RG002');
      expect(await refused(`UPDATE coupon SET expires_at = expires_at + interval '1 day' WHERE id = ${id}`)).toBe('RG002');
      expect(await refused(`DELETE FROM coupon WHERE id = ${id}`)).toBe('RG002');
      expect(await refused('TRUNCATE coupon_event')).toBe('RG002');
      expect(await refused(`UPDATE coupon_event SET at = at WHERE coupon_id = ${id}`)).toBe('RG002');
      expect(await refused(`UPDATE coupon SET used_by = 1 WHERE id = ${id}`)).toBe('23514');
      await useCoupon(ctx(), { code });
      expect(await refused(`UPDATE coupon SET used_at = NULL WHERE id = ${id}`)).toBe('RG002');
      expect(await refused(`UPDATE coupon SET cancelled_at = now() WHERE id = ${id}`)).toBe('RG002');
      await client.query('SET ROLE regulars_app');
      expect(await refused(`UPDATE coupon SET member_id = member_id WHERE id = ${id}`)).toBe('42501');
      expect(await refused(`SELECT coupon_issue('x', 1, '{}', 'x', NULL, NULL, now())`)).toBe('42501');
      expect(await refused('SELECT count(*) FROM coupon')).toBe('done');
    });
  });

  it('has books that add up, and verify names a coupon or a stock that does not', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
    const anna = await memberWith(db, now, [30]);
    const limited = programWith([mug({ id: 'counted', stock: 9 })]);
    const { id, code } = await take(ctx(), anna.id, limited, 'counted');
    await cancelCoupon(ctx(), { memberId: anna.id, code });
    await asOwner(db.url, async (client) => {
      await client.query('ALTER TABLE coupon DISABLE TRIGGER USER');
      await client.query(`UPDATE coupon SET cancelled_at = NULL WHERE id = ${id}`);
      await client.query('ALTER TABLE coupon ENABLE TRIGGER USER');
    });
    const { problems } = await verify(db);
    expect(problems.map(({ table, what, expected, found }) => [table, what, expected.slice(0, 4), found])).toEqual([
      ['coupon', 'points given back', '0', '30'],
      ['coupon', 'cancelled_at', '2026', 'none'],
      ['reward_stock', 'issued', '1', '0'],
    ]);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { claim } from '../../../src/program/gifts/claim.ts';
import { giveGiftCard, offerGiftCard, useGiftCard } from '../../../src/program/gifts/gift-cards.ts';
import { takeBackCoupon } from '../../../src/program/gifts/take-back-coupon.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import type { Reward } from '../../../src/program/rules/rules.ts';
import { openDesk, outcomes, times } from '../../support/desk.ts';
import { asOwner, walletOf } from '../../support/ledger.ts';
import { memberWith, mug, programWith, take } from '../../support/rewards.ts';

const now = new Date('2026-03-01T12:00:00Z');
const { db, owner, ben, ctx, told } = await openDesk(now);
afterAll(() => db.close());
const { rules } = programWith([]);
const card = (more: Partial<Reward> = {}) =>
  mug({ id: 'card', kind: 'gift_card', amountMinor: 2_000, ...more } as Partial<Reward>);
const gifts = programWith([card()]);
const holder = async () => {
  const member = await memberWith(db, now, [30]);
  return { ...member, coupon: await take(ctx({ actor: member.actor }), member.id, gifts, 'card') };
};

describe('gift cards', () => {
  const spend = (code: string, amountMinor: number, key?: string) =>
    useGiftCard(ctx({ actor: ben, ...(key ? { key } : {}) }), { code, amountMinor, shop: 'old-town' });

  it('are spent in parts, each once, and are used when nothing is left', async () => {
    const { coupon, personId } = await holder();
    expect(await spend(coupon.code, 750, 'part')).toMatchObject({ amountMinor: 750, leftMinor: 1_250 });
    expect(await spend(coupon.code, 750, 'part')).toMatchObject({ amountMinor: 750, leftMinor: 1_250 });
    await expect(spend(coupon.code, 800, 'part')).rejects.toMatchObject({ code: 'ledger.key_reused' });
    await expect(spend(coupon.code, 1_251)).rejects.toMatchObject({ code: 'gift.too_much', params: { left: 1_250 } });
    await expect(useCoupon(ctx({ actor: ben }), { code: coupon.code })).rejects.toMatchObject({ code: 'coupon.in_parts' });
    expect(await spend(coupon.code, 1_250)).toMatchObject({ leftMinor: 0 });
    expect(await db.prisma.coupon.findUnique({ where: { code: coupon.code } })).toMatchObject({
      usedShop: 'old-town',
      leftMinor: 0n,
    });
    await expect(spend(coupon.code, 1)).rejects.toMatchObject({ code: 'coupon.used' });
    expect((await told(personId)).filter((notice) => notice === 'gift-spent')).toHaveLength(2);
  });

  it('never fall below nothing, however many pay with one at once', async () => {
    const { coupon } = await holder();
    expect(await outcomes(times(8, () => spend(coupon.code, 700)))).toEqual({ done: 2, 'gift.too_much': 6 });
    expect(await db.prisma.coupon.findUnique({ where: { code: coupon.code } })).toMatchObject({ leftMinor: 600n });
  });

  it('go to somebody else with a new code; the old one is worth nothing', async () => {
    const [giver, other] = [await holder(), await memberWith(db, now, [])];
    await spend(giver.coupon.code, 500);
    const give = (key: string) =>
      giveGiftCard(ctx({ actor: giver.actor, key }), { code: giver.coupon.code, memberId: giver.id, toMemberId: other.id });
    expect(await give('give')).toEqual({ amountMinor: 1_500, name: { en: 'A mug', fi: 'Muki' } });
    expect(await give('give')).toMatchObject({ amountMinor: 1_500 });
    await expect(give('again')).rejects.toMatchObject({ code: 'coupon.used' });
    const [theirs] = await openCoupons(ctx(), other.id);
    expect(theirs).toMatchObject({ source: 'gift', leftMinor: 1_500, expiresAt: giver.coupon.expiresAt });
    expect(await openCoupons(ctx(), giver.id)).toEqual([]);
    await expect(spend(giver.coupon.code, 1)).rejects.toMatchObject({ code: 'coupon.used' });
    await expect(
      cancelCoupon(ctx({ actor: other.actor }), { memberId: other.id, code: theirs?.code ?? '' }),
    ).rejects.toMatchObject({
      code: 'coupon.a_gift',
    });
    expect(await told(other.personId)).toContain('coupon-given');
    const history = await db.prisma.couponEvent.findMany({ where: { couponId: giver.coupon.id }, orderBy: { id: 'asc' } });
    expect(history.map(({ kind }) => kind)).toEqual(['issued', 'spent', 'given']);
    const own = { code: theirs?.code ?? '', memberId: other.id, toMemberId: other.id };
    await expect(giveGiftCard(ctx({ actor: other.actor }), own)).rejects.toMatchObject({ code: 'gift.own' });
  });

  it('wait behind a link for whoever comes first; the giver can still spend and is told', async () => {
    const giver = await holder();
    const offer = { code: giver.coupon.code, memberId: giver.id };
    const first = await offerGiftCard(ctx({ actor: giver.actor }), offer);
    const second = await offerGiftCard(ctx({ actor: giver.actor }), offer);
    const people = await Promise.all(times(6, () => memberWith(db, now, [])));
    const takes = (one: { id: number; actor: typeof owner }, code: string) =>
      claim(ctx({ actor: one.actor }), { code, memberId: one.id, who: { channel: 'telegram', user: 'u' } }, rules, 'UTC');
    await expect(takes(people[0] as never, first.claim)).rejects.toMatchObject({ code: 'claim.unknown' });
    await expect(takes(giver, second.claim)).rejects.toMatchObject({ code: 'gift.own' });
    expect(await outcomes(people.map((one) => takes(one, second.claim)))).toEqual({ done: 1, 'claim.unknown': 5 });
    const held = await Promise.all(people.map(({ id }) => openCoupons(ctx(), id)));
    expect(held.flat()).toMatchObject([{ leftMinor: 2_000, source: 'gift' }]);
    expect(await told(giver.personId)).toContain('gift-taken');
  });

  it('given away and spent at the same instant, are worth what they were worth', async () => {
    const rounds = await Promise.all(times(6, async () => ({ giver: await holder(), other: await memberWith(db, now, []) })));
    await Promise.all(
      rounds.map(async ({ giver, other }) => {
        const { code } = giver.coupon;
        await outcomes([
          giveGiftCard(ctx({ actor: giver.actor }), { code, memberId: giver.id, toMemberId: other.id }),
          spend(code, 2_000),
        ]);
        const left = (await openCoupons(ctx(), other.id)).reduce((sum, { leftMinor }) => sum + (leftMinor ?? 0), 0);
        const paid = await db.prisma.couponEvent.count({ where: { couponId: giver.coupon.id, kind: 'spent' } });
        expect(left + paid * 2_000).toBe(2_000);
      }),
    );
  });

  it('are taken back by an owner: points return only for what nobody has touched', async () => {
    const [whole, part] = [await holder(), await holder()];
    await spend(part.coupon.code, 100);
    const voids = (code: string, actor = owner) => takeBackCoupon(ctx({ actor }), code);
    await expect(voids(whole.coupon.code, ben)).rejects.toMatchObject({ code: 'owner.only' });
    expect(await voids(whole.coupon.code)).toMatchObject({ points: 30 });
    expect(await voids(part.coupon.code)).toMatchObject({ points: 0, leftMinor: 1_900 });
    expect([(await walletOf(db, whole.id)).balance, (await walletOf(db, part.id)).balance]).toEqual([30, 0]);
    await expect(voids(part.coupon.code)).rejects.toMatchObject({ code: 'coupon.cancelled' });
    expect(await told(part.personId)).toContain('coupon-voided');
  });
});

describe('verify', () => {
  it('finds that every card adds up, and names one that is worth less than it should be', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
    const { coupon } = await holder();
    await asOwner(db.url, async (client) => {
      await client.query('ALTER TABLE coupon DISABLE TRIGGER USER');
      await client.query('UPDATE coupon SET left_minor = 100 WHERE id = $1', [coupon.id]);
    });
    expect((await verify(db)).problems).toContainEqual(
      expect.objectContaining({ table: 'coupon', id: String(coupon.id), what: 'left_minor', expected: '2000', found: '100' }),
    );
  });
});

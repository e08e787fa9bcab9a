import { afterAll, describe, expect, it } from 'vitest';
import { codeHash } from '../../../src/program/codes.ts';
import {
  batches,
  batchOf,
  cancelCodes,
  codesEnd,
  type Gives,
  makeCodes,
  unusedCodes,
} from '../../../src/program/gifts/batches.ts';
import { claim, claimOffer, isClaimCode } from '../../../src/program/gifts/claim.ts';
import { codesCsv } from '../../../src/program/gifts/codes-csv.ts';
import { codesOf, newSeed } from '../../../src/program/gifts/printed-codes.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { openDesk, outcomes, times } from '../../support/desk.ts';
import { asOwner, walletOf } from '../../support/ledger.ts';
import { memberWith, mug, programWith } from '../../support/rewards.ts';

const now = new Date('2026-03-01T12:00:00Z');
const { db, owner, ben, ctx, later } = await openDesk(now);
afterAll(() => db.close());
const { rules } = programWith([]);
describe('printed codes', () => {
  const print = async (count: number, gives: Gives = { points: 50 }, key?: string) => {
    const made = await makeCodes(ctx({ actor: owner, ...(key ? { key } : {}) }), { count, gives, expiresAt: later(30) });
    return { ...made, codes: made.seed === null ? [] : codesOf(made.seed, count) };
  };
  const anna = () => memberWith(db, now, []);
  type Member = Awaited<ReturnType<typeof anna>>;
  const claims = ({ id, actor, personId }: Member, code: string, key?: string, at = now) =>
    claim(
      ctx({ actor, ...(key ? { key } : {}) }, at),
      { code, memberId: id, who: { channel: 'telegram', user: `u${personId}` } },
      rules,
      'UTC',
    );

  it('are made of a secret that the database never sees, and only their hashes are kept', async () => {
    const { id, seed, codes } = await print(30, { points: 50 }, 'batch');
    expect(new Set(codes).size).toBe(30);
    expect(codes.every((code) => isClaimCode(code))).toBe(true);
    const dump = JSON.stringify([await db.prisma.codeBatch.findMany(), await db.prisma.inbox.findMany()], (_, value) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    expect(dump).not.toContain(seed);
    const kept = await db.prisma.printedCode.findMany({ where: { batchId: id } });
    expect(new Set(kept.map(({ codeHash: hash }) => Buffer.from(hash).toString('hex')))).toEqual(
      new Set(codes.map((code) => Buffer.from(codeHash(code)).toString('hex'))),
    );
    // Delivered again: the same batch, and no second secret.
    expect(await print(30, { points: 50 }, 'batch')).toMatchObject({ id, seed: null });
    expect(await db.prisma.printedCode.count({ where: { batchId: id } })).toBe(30);
  });

  it('give points once: the same key the same answer, everybody else a code that is not good', async () => {
    const [one, two] = [await anna(), await anna()];
    const { id, seed, codes } = await print(2);
    const code = codes[0] as string;
    expect(await claims(one, code, 'claimed')).toEqual({ points: 50, balance: 50 });
    expect(await claims(one, code, 'claimed')).toEqual({ points: 50, balance: 50 });
    expect((await walletOf(db, one.id)).balance).toBe(50);
    await expect(claims(two, code)).rejects.toMatchObject({ code: 'claim.unknown' });
    await expect(claims(two, codes[1] as string, undefined, later(30))).rejects.toMatchObject({ code: 'claim.unknown' });
    expect(await db.prisma.entry.findFirst({ where: { memberId: one.id } })).toMatchObject({
      kind: 'grant',
      reason: { code: id },
    });
    expect(await batchOf({ db }, id)).toMatchObject({ count: 2, used: 1, cancelledAt: null });
    expect(await unusedCodes({ db }, await batchOf({ db }, id), seed as string)).toEqual([codes[1]]);
    await expect(unusedCodes({ db }, await batchOf({ db }, id), newSeed())).rejects.toMatchObject({ code: 'codes.no_file' });
  });

  it('give the reward that was printed, whatever became of the program since', async () => {
    const one = await anna();
    const { codes } = await print(1, { reward: mug() });
    const done = await claims(one, codes[0] as string, 'a-mug');
    const [coupon] = await openCoupons(ctx(), one.id);
    expect(done).toEqual({ coupon: coupon?.code });
    expect(coupon).toMatchObject({ source: 'code', points: 0, terms: { item: 'mug' } });
    expect(await claims(one, codes[0] as string, 'a-mug')).toEqual(done);
    expect(await openCoupons(ctx(), one.id)).toHaveLength(1);
  });

  it('one code of two people, and of one person many times at once, counts once', async () => {
    const people = await Promise.all(times(8, anna));
    const [first = '', second = ''] = (await print(2)).codes;
    expect(await outcomes(people.map((one) => claims(one, first)))).toEqual({ done: 1, 'claim.unknown': 7 });
    const [one] = people as [Member];
    const before = (await walletOf(db, one.id)).balance;
    await Promise.all(times(5, () => claims(one, second, 'pressed-often')));
    expect((await walletOf(db, one.id)).balance).toBe(before + 50);
  });

  it('are worth nothing when the rest of the batch is cancelled; only owners make and cancel', async () => {
    const { id, codes } = await print(3);
    await claims(await anna(), codes[0] as string);
    expect(await cancelCodes(ctx({ actor: owner }), id)).toBe(2);
    await expect(claims(await anna(), codes[1] as string)).rejects.toMatchObject({ code: 'claim.unknown' });
    expect((await batches({ db }))[0]).toMatchObject({ id, used: 1, cancelledAt: now.toISOString().replace('.000Z', '+00:00') });
    await expect(cancelCodes(ctx({ actor: ben }), id)).rejects.toMatchObject({ code: 'owner.only' });
    await expect(cancelCodes(ctx({ actor: owner }), 999_999)).rejects.toMatchObject({ code: 'codes.no_batch' });
    await expect(makeCodes(ctx({ actor: ben }), { count: 1, gives: { points: 1 }, expiresAt: later(1) })).rejects.toMatchObject({
      code: 'owner.only',
    });
    await expect(print(5_001)).rejects.toMatchObject({ code: 'codes.count' });
  });

  it('can be guessed at five times an hour, right ones in between or not', async () => {
    const one = await anna();
    const who = { channel: 'telegram', user: 'x' };
    const [good = ''] = (await print(1)).codes;
    const guess = (code: string) => claimOffer(ctx({ actor: one.actor }), code, who);
    for (let at = 0; at < 5; at++) {
      await expect(guess(`WRONG${at}`)).rejects.toMatchObject({ code: 'claim.unknown' });
      if (at < 4) expect(await guess(good)).toEqual({ kind: 'code', gives: { points: 50 } });
    }
    await expect(guess(good)).rejects.toMatchObject({ code: 'claim.too_many_tries', params: { count: 60 } });
  });

  it('end with their last business day, and a table of them has no formulas', () => {
    expect(codesEnd('2026-12-31', { dayStartsAt: 4 }, 'Europe/Helsinki').toISOString()).toBe('2027-01-01T02:00:00.000Z');
    const csv = new TextDecoder().decode(codesCsv([{ shown: 'K7Q2', link: '=1+1' }], '50 points', 'until'));
    expect(csv).toBe("code,link,gives,until\nK7Q2,'=1+1,50 points,until\n");
  });
});

describe('verify', () => {
  it('finds that every code gave what it promised, and names one that did not', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
    await asOwner(db.url, async (client) => {
      await client.query('ALTER TABLE code_batch DISABLE TRIGGER USER');
      await client.query(`UPDATE code_batch SET gives = '{"points": 7}' WHERE id = (SELECT min(id) FROM code_batch b WHERE gives ? 'points'
        AND EXISTS (SELECT 1 FROM printed_code c WHERE c.batch_id = b.id AND used_at IS NOT NULL))`);
    });
    expect((await verify(db)).problems).toContainEqual(
      expect.objectContaining({ table: 'printed_code', what: 'points', expected: '7', found: '50' }),
    );
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { expire } from '../../src/program/ledger/expire.ts';
import { spend } from '../../src/program/ledger/spend.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, openShop, type Talker } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

/** Anna, who has bought for an amount; she has the welcome gift of 10 points besides. */
async function buyer(user: string, amount: string, receipt = '') {
  const anna = shop.person(user, 'Anna');
  await anna.says('join');
  const code = codeOn(await anna.says('card'));
  const done = await ben.presses(await ben.says(`credit ${code} ${amount} ${receipt}`), /Give/);
  const { memberId } = await db.prisma.sale.findFirstOrThrow({ orderBy: { id: 'desc' } });
  return { anna, memberId, receipt: /Receipt: (\S+)/.exec(plainText(done))?.[1] ?? '' };
}
const balanceOf = async (anna: Talker) => (await anna.says('balance')).body;
async function told(memberId: number, notice: string): Promise<unknown[]> {
  const { personId } = await db.prisma.member.findUniqueOrThrow({ where: { id: memberId } });
  const deliveries = await db.prisma.delivery.findMany({ where: { notice, personId: personId ?? 0 }, orderBy: { id: 'asc' } });
  return deliveries.map(({ params }) => params);
}

describe('a refund', () => {
  it('of a part shows who and what first, takes the points of the part, and tells the customer in a sentence', async () => {
    const { anna, memberId } = await buyer('part', '12.50', 'R-1');
    const sure = await ben.says('refund R-1 5.00');
    expect(sure.title).toBe('Refund €5.00 to Anna?');
    expect(plainText(sure)).toMatch(
      /Receipt: R-1[\s\S]*Paid: €12\.50[\s\S]*Left of the purchase: €7\.50[\s\S]*Points that go back: 5 points[\s\S]*Balance after: 17 points/,
    );
    expect(plainText(sure)).not.toMatch(/Refunded before|Spent already/);
    const done = await ben.presses(sure, 'Refund €5.00');
    expect(done.title).toBe('€5.00 refunded to Anna');
    expect(plainText(done)).toMatch(/5 points left the card[\s\S]*New balance: 17 points[\s\S]*Left of the purchase: €7\.50/);
    expect(await balanceOf(anna)).toBe('You have 17 points.');
    expect(await told(memberId, 'refunded')).toMatchObject([
      { points: 5, owed: 0, balance: 17, amountMinor: 500, paidMinor: 1250 },
    ]);
  });

  it('is explained in history: what was refunded, and at the purchase itself', async () => {
    const { anna } = await buyer('explained', '12.50', 'R-2');
    await ben.presses(await ben.says('refund R-2 5'), /^Refund/);
    expect(plainText(await anna.says('history'))).toMatch(/−5 · €5\.00 of €12\.50 refunded/);
    const why = await anna.says('why');
    expect(plainText(why)).toMatch(/€5\.00 of your purchase of €12\.50 was refunded\.[\s\S]*By: Ben[\s\S]*Receipt: R-2/);
    expect(plainText(await anna.presses(why, 'Older'))).toMatch(
      /For your purchase of €12\.50\.[\s\S]*€5\.00 of it was refunded since/,
    );
  });

  it('again and again adds up to the whole; then nothing is left', async () => {
    const { anna, memberId } = await buyer('again', '12.50', 'R-3');
    await ben.presses(await ben.says('refund R-3 4.20'), /^Refund/);
    const second = await olga.says('refund R-3 4,20');
    expect(plainText(second)).toMatch(/Refunded before: €4\.20[\s\S]*Left of the purchase: €4\.10/);
    await olga.presses(second, /^Refund/);
    const last = await ben.says('refund R-3');
    expect(last.title).toBe('Refund €4.10 to Anna?');
    await ben.presses(last, /^Refund/);
    expect(await balanceOf(anna)).toBe('You have 10 points.');
    expect((await ben.says('refund R-3')).body).toMatch(/R-3 was taken back already/);
    expect(await told(memberId, 'refunded')).toHaveLength(3);
    expect(await told(memberId, 'undone')).toEqual([]);
  });

  it('of the whole at once is a purchase taken back', async () => {
    const { anna, memberId, receipt } = await buyer('whole', '8');
    expect(receipt).toMatch(/^#\d+$/);
    const sure = await ben.says(`refund ${receipt}`);
    expect(plainText(sure)).toMatch(new RegExp(`Write: refund ${receipt} 4\\.00`));
    await ben.presses(sure, 'Refund €8.00');
    expect(await balanceOf(anna)).toBe('You have 10 points.');
    expect(await told(memberId, 'undone')).toMatchObject([{ points: 8, amountMinor: 800 }]);
    expect(plainText(await anna.says('why'))).toMatch(/The purchase of €8\.00 was taken back/);
  });

  it('is asked for step by step, also with the receipt in quotes or with the number the program gave', async () => {
    const { receipt } = await buyer('steps', '3');
    expect((await ben.says('refund')).body).toBe('Which receipt should be refunded?');
    expect((await ben.says('R-none')).body).toMatch(/don't know this purchase/);
    expect((await ben.says(receipt)).title).toBe('Refund €3.00 to Anna?');
    await ben.says('cancel');
    expect((await ben.says(`refund "${receipt}" "1.00"`)).title).toBe('Refund €1.00 to Anna?');
    await ben.says('cancel');
  });

  it('is refused over what is left, with the numbers; for an unknown receipt; for an amount nobody can read', async () => {
    const { anna } = await buyer('over', '12.50', 'R-4');
    await ben.presses(await ben.says('refund R-4 5'), /^Refund/);
    expect((await ben.says('refund R-4 7.51')).body).toBe(
      'That is more than is left: €12.50 were paid by receipt R-4, €5.00 refunded so far, €7.50 can still be refunded.',
    );
    expect((await ben.says('refund R-404 1')).body).toMatch(/don't know this purchase/);
    await ben.says('cancel');
    expect((await ben.says('refund R-4 much')).body).toMatch(/can't read that amount/);
    expect((await ben.says('refund R-4 0')).body).toMatch(/above zero/);
    expect((await anna.says('refund R-4 1')).body).toBe('This is for the people who work here.');
    expect(await balanceOf(anna)).toBe('You have 17 points.');
  });

  it('of the same rest, confirmed by two at the same instant, happens once', async () => {
    const { anna } = await buyer('race', '12.50', 'R-5');
    const views = await Promise.all([ben.says('refund R-5 7'), olga.says('refund R-5 7')]);
    const replies = await Promise.all([ben.presses(views[0], /^Refund/), olga.presses(views[1], /^Refund/)]);
    const texts = replies.map(plainText).sort();
    expect(texts[0]).toMatch(/more than is left: €12\.50 were paid[\s\S]*€7\.00 refunded so far, €5\.50 can still/);
    expect(texts[1]).toMatch(/€7\.00 refunded to Anna/);
    expect(await balanceOf(anna)).toBe('You have 15 points.');
  });

  it('pressed twice, or delivered twice, happens once and is answered alike', async () => {
    const { anna } = await buyer('twice', '12.50', 'R-6');
    const sure = await ben.says('refund R-6 5');
    const replies = [await ben.presses(sure, /^Refund/), await ben.presses(sure, /^Refund/)];
    expect(replies[1]).toEqual(replies[0]);
    expect(await balanceOf(anna)).toBe('You have 17 points.');
  });

  it('after the points were spent says what is still to settle, to staff and to the customer', async () => {
    const { anna, memberId } = await buyer('spent', '20', 'R-7');
    await spend(contextOf(db, shop.clock.now), { memberId, points: 25, reason: {} });
    const sure = await ben.says('refund R-7 12');
    expect(plainText(sure)).toMatch(
      /Points that go back: 5 points[\s\S]*Spent already, still to settle: 7 points[\s\S]*Balance after: 0/,
    );
    expect((await ben.presses(sure, /^Refund/)).body).toMatch(/5 points left the card\.\n7 points had been spent already/);
    expect(await told(memberId, 'refunded')).toMatchObject([{ points: 5, owed: 7, balance: 0 }]);
    expect(plainText(await anna.says('why'))).toMatch(/7 points had been spent already; your next points settle them/);
  });

  it('after the points expired takes nothing again', async () => {
    await olga.presses(await olga.presses(await olga.says('program set expiry 1'), 'Now'), 'Put in force');
    const { anna } = await buyer('expired', '30', 'R-8');
    const start = shop.clock.now;
    shop.clock.now = new Date(start.getTime() + 60 * 24 * 3_600_000);
    await expire({ db, now: shop.clock.now });
    const sure = await ben.says('refund R-8 10');
    expect(plainText(sure)).toMatch(/Points that go back: 0 points/);
    expect((await ben.presses(sure, /^Refund/)).body).toBe('The points stay as they are.');
    expect(plainText(await anna.says('history'))).not.toMatch(/refunded/);
    shop.clock.now = start;
    await olga.presses(await olga.presses(await olga.says('program set expiry none'), 'Now'), 'Put in force');
  });

  it('of a part is followed by an undo of the rest', async () => {
    const { anna, receipt } = await buyer('rest', '12.50', 'R-9');
    await ben.presses(await ben.says(`refund ${receipt} 5`), /^Refund/);
    expect((await ben.says('undo R-9')).title).toBe('€7.50 taken back');
    expect(await balanceOf(anna)).toBe('You have 10 points.');
    expect((await ben.says('undo R-9')).body).toMatch(/taken back already/);
  });

  it('leaves books that add up', async () => {
    expect(await verify(db)).toMatchObject({ problemCount: 0 });
  });
});

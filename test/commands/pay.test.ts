import { afterAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { notices } from '../../src/notices/index.ts';
import { release } from '../../src/program/ledger/release.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { expirePayments } from '../../src/program/payments/expire-payments.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { storedRules } from '../../src/program/settings/program.ts';
import { newMember } from '../support/ledger.ts';
import { codeOn, openShop, type Talker } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const paying: Rules = {
  ...plainRules(100),
  welcome: 0,
  pay: { points: 100, worthMinor: 100, sharePercent: 5_000, earnOn: 'paid' },
};
let begins = 0;
/** Puts rules in force, from then on for every event. */
const rulesAre = async (rules: Rules) => {
  begins += 1;
  const startsAt = new Date(shop.clock.now.getTime() - 3_600_000 + begins);
  await db.prisma.programVersion.create({ data: { rules: storedRules(rules), startsAt, createdAt: startsAt } });
};
await rulesAre(paying);

/** Somebody with so many points on their card. */
async function buyer(user: string, name: string, amount: string) {
  const who = shop.person(user, name);
  await who.says('join');
  const code = codeOn(await who.says('card'));
  await ben.presses(await ben.says(`credit ${code} ${amount}`), /^(Give|Note)/);
  return { who, code };
}
/** The last message that somebody got unasked, as they see it. */
async function message({ user }: Pick<Talker, 'user'>): Promise<View> {
  const { personId } = await db.prisma.address.findFirstOrThrow({ where: { user } });
  const row = await db.prisma.delivery.findFirstOrThrow({ where: { personId, place: 'chat' }, orderBy: { id: 'desc' } });
  const named = (row.params as { person?: number }).person;
  const person = named === undefined ? null : await db.prisma.person.findUnique({ where: { id: named } });
  const notice = notices.get(row.notice);
  if (!notice) throw new Error(`no notice ${row.notice}`);
  return notice.render({ ...(row.params as object), name: person?.name }, shop.kernel.words.say('en'));
}
const ask = async (code: string, rest: string) => ben.presses(await ben.says(`pay ${code} ${rest}`), 'Ask in their chat');

describe('paying with points', () => {
  it('is asked by staff, answered by the customer, and told to staff with what to collect', async () => {
    const { who: anna, code } = await buyer('anna', 'Anna', '345.00');
    const sure = await ben.says(`pay ${code} 20.00 P-1`);
    expect(sure.title).toBe('Ask Anna to pay with 300 points?');
    expect(plainText(sure)).toMatch(/Bill: €20\.00[\s\S]*With points: 300 points = €3\.00[\s\S]*To pay in money: €17\.00/);
    const asked = await ben.presses(sure, 'Ask in their chat');
    expect(plainText(asked)).toMatch(/Anna has been asked[\s\S]*nothing has moved/);
    const question = await message(anna);
    expect(plainText(question)).toMatch(
      /Pay with points at Café Liepa\?[\s\S]*300 points would pay €3\.00 of €20\.00\. The other €17\.00 you pay as usual/,
    );
    expect((await anna.says('balance')).body).toBe('You have 345 points.');
    const paid = await anna.presses(question, 'Pay 300 points');
    expect(plainText(paid)).toMatch(
      /Paid with 300 points[\s\S]*Now pay €17\.00[\s\S]*Earned: 17 points[\s\S]*Balance: 62 points[\s\S]*P-1/,
    );
    expect(await anna.presses(question, 'Pay 300 points')).toEqual(paid);
    const done = await message(ben);
    expect(plainText(done)).toMatch(/Collect €17\.00[\s\S]*Member: Anna[\s\S]*300 points = €3\.00[\s\S]*Receipt: P-1/);
    expect(plainText(await anna.says('history'))).toMatch(/−300 · paid with points[\s\S]*\+17 · purchase €20\.00/);
    expect(plainText(await anna.says('why'))).toMatch(/You paid €3\.00 of a purchase of €20\.00 with points/);
    const undone = await ben.presses(done, 'Undo');
    expect(plainText(undone)).toMatch(/Give back €17\.00 in money; 300 points go back on the card\.\n17 points left the card/);
    expect(plainText(await message(anna))).toMatch(
      /17 points went with it\.\n300 points you had paid with are back[\s\S]*Balance: 345 points/,
    );
    expect((await anna.presses(question, 'Pay 300 points')).body).toMatch(/P-1 was taken back already/);
  });

  it('can be declined, taken back, and left unanswered; nothing moves', async () => {
    const { who: bella, code } = await buyer('bella', 'Bella', '500.00');
    await ask(code, '20.00');
    expect((await bella.presses(await message(bella), 'No, keep them')).title).toMatch(/points stay on your card/);
    expect(plainText(await message(ben))).toMatch(/Not with points this time[\s\S]*€20\.00[\s\S]*Bella/);
    const again = await ask(code, '20.00');
    const old = await message(bella);
    expect(plainText(await ben.presses(again, 'Take the question back'))).toMatch(/Bella is no longer asked[\s\S]*€20\.00/);
    expect((await bella.presses(old, /^Pay/)).body).toMatch(/took this question back/);
    await ask(code, '20.00');
    const late = await message(bella);
    const before = shop.clock.now;
    shop.clock.now = new Date(before.getTime() + 10 * 60_000);
    expect((await bella.presses(late, /^Pay/)).body).toMatch(/Time has run out/);
    expect(await expirePayments({ db, now: shop.clock.now })).toBe(1);
    expect(plainText(await message(ben))).toMatch(/No answer about the points/);
    expect(plainText(await message(bella))).toMatch(/has run out[\s\S]*stay on your card/);
    shop.clock.now = before;
    expect((await bella.says('balance')).body).toBe('You have 500 points.');
  });

  it('pays no more than was asked for', async () => {
    const { code } = await buyer('few', 'Fay', '500.00');
    expect((await ben.says(`pay ${code} 20.00 P-few 250`)).title).toBe('Ask Fay to pay with 200 points?');
    await ben.says('cancel');
  });

  it('says why it can not be: a paper card, a low balance, a small bill, somebody else, no such rule', async () => {
    const paper = await newMember(db, shop.clock.now);
    await ben.presses(await ben.says(`credit ${paper.code} 300`), /^Give/);
    expect((await ben.says(`pay ${paper.code} 20`)).body).toMatch(/has no chat with us/);
    const { who: carl, code } = await buyer('carl', 'Carl', '99');
    expect((await ben.says(`pay ${code} 20`)).body).toMatch(/at least 100 points, the card has 99/);
    await ben.presses(await ben.says(`credit ${code} 300`), /^Give/);
    expect((await ben.says(`pay ${code} 1.50`)).body).toMatch(/The least that points can pay is €1\.00/);
    await ask(code, '20');
    const question = await message(carl);
    expect((await shop.person('anna', 'Anna').presses(question, /^Pay/)).body).toMatch(/don't know this question/);
    expect((await carl.says('payment nonsense')).body).toMatch(/don't know this question/);
    const { pay: _, ...without } = paying;
    await rulesAre(without);
    expect((await ben.says(`pay ${code} 20`)).body).toMatch(/not part of the program/);
    await rulesAre(paying);
  });
});

describe('points that wait', () => {
  it('are shown with their day, released by hand by an owner, and go first with a refund', async () => {
    await rulesAre({ ...paying, pendingDays: 14 });
    const { who: dora, code } = await buyer('dora', 'Dora', '30.00');
    expect(plainText(await message(dora))).toMatch(/Your purchase is noted[\s\S]*30 points are waiting for you/);
    expect(plainText(await dora.says('balance'))).toMatch(
      /You have 0 points\.[\s\S]*Waiting, yours on December 6, 2026: 30 points/,
    );
    const sale = await db.prisma.sale.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const sure = await ben.says(`refund ${sale.receipt} 10.00`);
    expect(plainText(sure)).toMatch(/Waiting points that go: 10 points/);
    await ben.presses(sure, 'Refund €10.00');
    expect(plainText(await message(dora))).toMatch(/10 points that were still waiting went with it/);
    expect((await ben.says(`release ${sale.receipt}`)).body).toMatch(/Only an owner/);
    const give = await olga.says(`release ${sale.receipt}`);
    expect(give.title).toBe('Give Dora 20 waiting points now?');
    expect(plainText(await olga.presses(give, 'Give now'))).toMatch(/20 points released for Dora[\s\S]*New balance: 20 points/);
    expect(plainText(await message(dora))).toMatch(/20 points are yours now[\s\S]*Balance: 20 points/);
    expect(plainText(await dora.says('why'))).toMatch(/purchase of €30\.00[\s\S]*had been waiting/);
    expect((await olga.says(`release ${sale.receipt}`)).body).toMatch(/No points of receipt/);
    expect(await release({ db, now: new Date(shop.clock.now.getTime() + 30 * 86_400_000) })).toBe(0);
    expect(
      (await ben.says(`refund ${sale.receipt} 1.00 ${codeOn(await shop.person('anna', 'Anna').says('card'))}`)).body,
    ).toMatch(/purchase on another card/);
    await ben.says('cancel');
    expect((await ben.says(`refund ${sale.receipt} 1.00 ${code}`)).title).toBe('Refund €1.00 to Dora?');
    await ben.says('cancel');
  });

  it('leave books that add up', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});

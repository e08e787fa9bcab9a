import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { notices } from '../../src/notices/index.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { ownerCode } from '../../src/program/staff/invite.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, openShop } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());
const otto = shop.person('otto', 'Otto');
const words = await createWords({ currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' });

const start = shop.clock.now;
const rules: Rules = {
  ...plainRules(100),
  limits: {
    staff: { entryMinor: { soft: 2_000, approval: 5_000, hard: 50_000 }, refundDayMinor: { approval: 1_000 } },
    owner: {},
  },
};
const inForce = (next: Rules) => publishRules(contextOf(db, shop.clock.now), { rules: next, startsAt: shop.clock.now });
beforeAll(async () => {
  await otto.says(`/start own_${(await ownerCode(db, start)).code}`);
  await inForce(rules);
});

async function customer(user: string) {
  const person = shop.person(user, 'Anna');
  await person.says('join');
  return { anna: person, code: codeOn(await person.says('card')) };
}

/** The last thing somebody is told by a notice, as they see it. */
async function lastNotice(user: string, notice: string, language = 'en'): Promise<View> {
  const { personId } = await db.prisma.address.findFirstOrThrow({ where: { user } });
  const row = await db.prisma.delivery.findFirstOrThrow({ where: { notice, personId }, orderBy: { id: 'desc' } });
  const params = row.params as Record<string, unknown>;
  const whom = await db.prisma.person.findUnique({ where: { id: Number(params['person'] ?? 0) } });
  return notices.get(notice)?.render({ ...params, name: whom?.name ?? null }, words.say(language)) ?? {};
}

describe('above a limit', () => {
  it('an owner is asked and answers with one press; both sides are told', async () => {
    const { anna, code } = await customer('over');
    const asked = await ben.presses(await ben.says(`credit ${code} 60`), /Give 60/);
    expect(plainText(asked)).toMatch(/An owner has been asked[\s\S]*above what you may do alone/);
    expect((await anna.says('balance')).body).toBe('You have 10 points.');
    const message = await lastNotice('owner', 'approval-asked');
    expect(plainText(message)).toMatch(
      new RegExp(`Ben needs your yes[\\s\\S]*purchase of €60\\.00[\\s\\S]*alone they may enter €50\\.00[\\s\\S]*Card: ${code}`),
    );
    const done = await olga.presses(message, 'Approve');
    expect(plainText(done)).toMatch(/Approved[\s\S]*60 points for Anna, for a purchase of €60\.00/);
    expect((await anna.says('balance')).body).toBe('You have 70 points.');
    expect((await otto.presses(await lastNotice('otto', 'approval-asked'), 'Decline')).body).toMatch(
      /Olga has decided this already/,
    );
    expect(plainText(await lastNotice('staff', 'approval-decided'))).toMatch(/Approved[\s\S]*60 points[\s\S]*Decided by: Olga/);
    expect(plainText(await lastNotice('staff', 'approval-decided', 'ru'))).toMatch(/Согласовано[\s\S]*60 баллов/);
  });

  it('owners find what is waiting, and may say no', async () => {
    const { code } = await customer('waiting');
    expect((await olga.says('approve')).body).toBe('Nobody is waiting for your yes.');
    await ben.presses(await ben.says(`credit ${code} 70`), /Give 70/);
    const list = await olga.says('approve');
    expect(plainText(list)).toMatch(/Which request/);
    expect(plainText(await olga.presses(list, 'Ben: €70.00 for Anna'))).toMatch(/70 points for Anna/);
    await ben.presses(await ben.says(`credit ${code} 80`), /Give 80/);
    const declined = await olga.presses(await lastNotice('owner', 'approval-asked'), 'Decline');
    expect(plainText(declined)).toMatch(/Declined[\s\S]*Nothing was changed\. Ben has been told/);
    expect(plainText(await lastNotice('staff', 'approval-decided'))).toMatch(/Declined[\s\S]*No points were given[\s\S]*€80\.00/);
    expect((await ben.says('approve 1')).body).toBe('Only an owner can do this.');
    expect((await olga.says('approve 4711')).body).toMatch(/don't know this request/);
  });

  it('a little above is told; far above is refused with the numbers', async () => {
    const { code } = await customer('far');
    await ben.presses(await ben.says(`credit ${code} 30`), /Give 30/);
    expect(plainText(await lastNotice('owner', 'limit-passed'))).toMatch(
      /Ben is above a limit[\s\S]*€30\.00; the limit is €20\.00/,
    );
    expect((await ben.presses(await ben.says(`credit ${code} 600`), /Give 600/)).body).toBe(
      '€600.00 in one purchase is more than you may enter (€500.00). An owner can change the limit.',
    );
  });

  it('a refund with a reason waits for an owner too, and the reason stays with it', async () => {
    const { anna, code } = await customer('refunded');
    await olga.presses(await olga.says(`credit ${code} 40 R-77`), /Give 40/);
    const card = await ben.says('refund R-77 15');
    const again = await ben.presses(card, 'Complaint');
    expect(plainText(again)).toMatch(/Refund €15\.00 to Anna\?[\s\S]*Why: Complaint/);
    expect(plainText(await ben.presses(again, /^Refund/))).toMatch(/An owner has been asked/);
    const done = await otto.presses(await lastNotice('otto', 'approval-asked'), 'Approve');
    expect(plainText(done)).toMatch(/€15\.00 refunded to Anna; 15 points left the card/);
    expect(await db.prisma.refund.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({
      reason: 'complaint',
      amountMinor: 1500n,
    });
    await ben.presses(await ben.says('refund R-77 1 - the soup was cold'), /^Refund/);
    expect((await otto.presses(await lastNotice('otto', 'approval-asked'), 'Approve')).title).toBe('Approved');
    expect(plainText(await anna.says('why'))).toMatch(/Why: the soup was cold/);
    expect(plainText(await olga.says('report team Ben 1'))).toMatch(/the soup was cold[\s\S]*Complaint/);
  });
});

describe('the report of the team', () => {
  it('shows everybody in a few words, one person line by line, and pages', async () => {
    const all = await olga.says('report team');
    expect(plainText(all)).toMatch(/Team · last 30 days[\s\S]*Ben: Above a limit \d+ times\n\d+ purchases, €\d+\.\d\d/);
    const one = await olga.presses(all, 'Ben');
    expect(one.title).toBe('Ben');
    expect(plainText(one)).toMatch(/Asked an owner: €15\.00, Anna \(Refunds a day\)/);
    const more = await olga.presses(one, 'Older');
    expect(plainText(await olga.presses(more, 'Newer'))).toBe(plainText(one));
    expect(plainText(await olga.says('report team Olga'))).toMatch(/Approved for Ben: €60\.00, Anna/);
    expect((await olga.says('report team Nobody')).body).toMatch(/a name, a number of days/);
    expect((await ben.says('report team')).body).toBe('Only an owner can do this.');
  });

  it('shows who was given a limit of their own', async () => {
    let view = await olga.says('team limit Ben');
    for (const label of ['One purchase', 'Refuse']) view = await olga.presses(view, label);
    expect(view.body).toMatch(/Above which amount/);
    expect((await olga.says('much')).body).toMatch(/can't read that amount/);
    expect((await olga.says('10')).body).toMatch(/each limit must be at least as high/);
    const done = await olga.says('team limit Ben entryMinor hard 700');
    expect(plainText(done)).toMatch(/Refuse: €700\.00/);
    const back = await olga.says('team limit Ben entryMinor role');
    expect(plainText(await olga.presses(back, 'Yes'))).toMatch(/Refuse: €500\.00/);
    expect(plainText(await olga.says('report team Olga 1'))).toMatch(/A limit for Ben: One purchase/);
  });
});

describe('several shops', () => {
  const shops: Rules['shops'] = [
    { id: 'old-town', name: 'Old Town', address: '1 Market Square', hours: [{ days: ['sat'], from: '09:00', until: '18:00' }] },
    { id: 'harbour', name: 'Harbour', hours: [{ days: ['mon'], from: '10:00', until: '16:00' }] },
  ];

  it('are not asked about as long as there are none', async () => {
    expect((await ben.says('shop')).body).toMatch(/only one shop/);
    expect(plainText(await ben.says('shops'))).toMatch(/There is one place/);
    expect((await olga.says('team shop Ben')).body).toMatch(/only one shop/);
  });

  it('are chosen once a day before the first sale, which carries it', async () => {
    await inForce({ ...plainRules(100), shops });
    const { code } = await customer('shopper');
    const where = await ben.says(`credit ${code} 12`);
    expect(where.body).toBe('Which shop are you in today?');
    const there = await ben.presses(where, 'Harbour');
    expect(there.title).toBe('You are at Harbour');
    await ben.presses(await ben.presses(there, 'Give points'), /Give 12/);
    expect(await db.prisma.sale.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({ shop: 'harbour' });
    expect((await ben.says(`credit ${code} 3`)).title).toMatch(/Give 3/);
    await ben.says('cancel');
    shop.clock.now = new Date(start.getTime() + 24 * 3_600_000);
    expect((await ben.says(`credit ${code} 3`)).body).toBe('Which shop are you in today?');
    await ben.says('cancel');
    shop.clock.now = start;
  });

  it('are assigned by an owner; who works in one is never asked', async () => {
    const { code } = await customer('assigned');
    const done = await olga.presses(await olga.says('team shop Ben'), 'Old Town');
    expect(plainText(done)).toMatch(/Ben[\s\S]*Works at: Old Town/);
    await ben.presses(await ben.says(`credit ${code} 5`), /Give 5/);
    expect(await db.prisma.sale.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({ shop: 'old-town' });
    expect((await ben.says('shop')).body).toMatch(/only one shop/);
    expect(plainText(await olga.says('team shop Ben old-town, harbour'))).toMatch(/Works at: Old Town, Harbour/);
    expect((await olga.says('team shop Ben nowhere')).body).toMatch(/don't know this shop/);
    await olga.says('cancel');
    expect(plainText(await olga.says('team'))).toMatch(/Ben: staff[^\n]*at Old Town, Harbour/);
    expect(plainText(await olga.says('report team @harbour'))).toMatch(/Harbour[\s\S]*Ben: 1 purchase, €12\.00/);
  });

  it('are carried by an invitation', async () => {
    const view = await olga.says('team invite');
    const invitation = await olga.presses(view, 'Harbour · staff');
    expect(invitation.title).toBe('Your invitation · Harbour');
    const eva = shop.person('eva', 'Eva');
    await eva.says(`/start ${/start=(inv_\w+)/.exec(invitation.body ?? '')?.[1]}`);
    const { code } = await customer('invited');
    await eva.presses(await eva.says(`credit ${code} 5`), /Give 5/);
    expect(await db.prisma.sale.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({ shop: 'harbour' });
  });

  it('are shown to anybody with their hours today, in their language', async () => {
    // Saturday noon in Helsinki.
    const { anna } = await customer('visitor');
    expect(plainText(await anna.says('shops'))).toMatch(
      /Old Town: 1 Market Square\nOpen until 6:00\sPM[\s\S]*Harbour: Closed, opens Monday at 10:00\sAM/,
    );
    expect(plainText(await shop.person('gast', 'Piotr', 'pl').says('sklepy'))).toMatch(
      /Otwarte do 18:00[\s\S]*poniedziałek, 10:00/,
    );
  });
});

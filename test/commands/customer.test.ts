import { afterAll, describe, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { notices } from '../../src/notices/index.ts';
import { codeOn, does, openShop } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

describe('a customer', () => {
  it('is greeted in the language of their client and joins with one press; the gift is on the card at once', async () => {
    const anna = shop.person('fi-1', 'Änna', 'fi-FI');
    const hello = await anna.says('/start');
    expect(hello.title).toBe(shop.kernel.words.say('fi')('member:greeting.title', { shop: 'Café Liepa' }));
    const joined = await anna.presses(hello, shop.kernel.words.say('fi')('chat:join'));
    expect(joined.image?.png.length).toBeGreaterThan(1000);
    expect(joined.body).toContain(shop.kernel.words.say('fi')('member:joined.welcome', { count: 10 }));
    expect((await anna.says('saldo')).body).toContain('10 pistettä');
  });

  it('is asked about offers once, apart from joining, with nothing ticked; the answer is kept with its wording', async () => {
    const anna = shop.person('consent', 'Anna');
    const addresses = { some: { user: 'consent' } };
    expect(plainText(await anna.says('join'))).not.toContain('offers');
    await anna.says('join');
    const asked = await db.prisma.delivery.findMany({ where: { notice: 'welcome' }, orderBy: { id: 'desc' }, take: 1 });
    const person = await db.prisma.person.findFirstOrThrow({ where: { addresses } });
    expect(asked.map((one) => one.personId)).toEqual([person.id]);
    expect(await db.prisma.delivery.count({ where: { notice: 'welcome', personId: person.id } })).toBe(1);
    expect(await db.prisma.consent.count({ where: { personId: person.id } })).toBe(0);
    const question = notices.get('welcome')?.render({}, shop.kernel.words.say('en')) ?? {};
    expect((await anna.presses(question, 'Yes, send me offers')).body).toMatch(/Thank you/);
    const [kept] = await db.prisma.consent.findMany({ where: { personId: person.id } });
    expect(kept).toMatchObject({ granted: true, kind: 'marketing', wording: question.body });
    const privacy = await anna.says('privacy');
    expect(plainText(privacy)).toContain('yes, since');
    await anna.presses(privacy, 'No more offers');
    expect(plainText(await anna.says('privacy'))).toContain('no, since');
  });

  it('has a card as a picture and as text, with the code in groups', async () => {
    const anna = shop.person('card', 'Anna');
    await anna.says('join');
    const card = await anna.says('card');
    expect(codeOn(card)).toMatch(/^\w{4}-\w{4}-\w$/);
    expect(card.image?.alt).toContain(codeOn(card));
    expect(card.title).toBe('Café Liepa');
  });

  it('reads every movement and why: the rule, the receipt, who, when, what is carried', async () => {
    const anna = shop.person('why', 'Anna');
    await anna.says('join');
    const code = codeOn(await anna.says('card'));
    await ben.presses(await ben.says(`credit ${code} 12.60 R-1`), /Give/);
    await ben.presses(await ben.says(`credit ${code} 0.60`), /Give/);
    expect((await anna.says('balance')).body).toBe('You have 23 points.');
    const why = await anna.says('why');
    expect(plainText(why)).toMatch(
      /\+1 point[\s\S]*€0\.60[\s\S]*1 point for every €1\.00[\s\S]*€0\.60 left over[\s\S]*€0\.20 is kept/,
    );
    const before = await anna.presses(why, 'Older');
    expect(plainText(before)).toMatch(/\+12 points[\s\S]*€12\.60[\s\S]*By: Ben[\s\S]*Receipt: R-1/);
    expect(plainText(await anna.presses(before, 'Older'))).toMatch(/\+10 points[\s\S]*welcome gift/);
  });

  it('pages through a long history without gaps or repeats', async () => {
    const anna = shop.person('pages', 'Anna');
    await anna.says('join');
    const code = codeOn(await anna.says('card'));
    for (let n = 1; n <= 11; n++) await ben.presses(await ben.says(`credit ${code} ${n}`), /Give/);
    const first = await anna.says('history');
    const second = await anna.presses(first, 'Older');
    const rows = [...(first.facts ?? []), ...(second.facts ?? [])].map(([, value]) => value.split(' · ')[0]);
    expect(rows).toEqual(['+11', '+10', '+9', '+8', '+7', '+6', '+5', '+4', '+3', '+2', '+1', '+10']);
    expect(() => does(second, 'Older')).toThrow();
    expect((await anna.presses(second, 'Newer')).facts).toEqual(first.facts);
    expect((await anna.says('history soon')).body).toMatch(/number/);
    expect((await anna.says('history 99')).body).toMatch(/No points yet/);
  });

  it('changes the language for good', async () => {
    const anna = shop.person('tongue', 'Anna');
    await anna.says('join');
    await anna.presses(await anna.says('language'), 'Polski');
    expect((await anna.says('balance')).body).toContain('10 punktów');
    expect((await anna.says('language klingon')).body).toContain('Polski');
    await anna.says('cancel');
    await anna.says('language english');
    expect((await anna.says('balance')).body).toBe('You have 10 points.');
  });

  it('sees in help only what they may do', async () => {
    const anna = shop.person('helped', 'Anna');
    const stranger = plainText(await anna.says('help'));
    expect(stranger).not.toMatch(/^(balance|credit|team)/m);
    await anna.says('join');
    const member = plainText(await anna.says('help'));
    expect(member).toMatch(/^balance/m);
    expect(member).not.toMatch(/^credit|^team|^verify/m);
    expect(plainText(await ben.says('help'))).toMatch(/^credit/m);
    expect(plainText(await ben.says('help'))).not.toMatch(/^team/m);
    expect(plainText(await olga.says('help'))).toMatch(/^team[\s\S]*^verify/m);
  });

  it('sees on which dates points end, when the owner has decided so; what was given before keeps its date', async () => {
    const anna = shop.person('dates', 'Anna');
    await anna.says('join');
    const code = codeOn(await anna.says('card'));
    const part = await olga.presses(await olga.says('program change'), 'Limits and dates');
    const change = await olga.presses(part, /^How long points are valid/);
    await olga.presses(await olga.presses(await olga.presses(change, '12'), 'Now'), 'Put in force');
    await ben.presses(await ben.says(`credit ${code} 5`), /Give/);
    const balance = await anna.says('balance');
    expect(balance.body).toBe('You have 15 points.');
    expect(balance.facts).toEqual([['Until November 21, 2027', '5 points']]);
    const start = shop.clock.now;
    shop.clock.now = new Date('2027-11-21T22:00:01Z');
    expect((await anna.says('balance')).body).toBe('You have 10 points.');
    shop.clock.now = start;
    await olga.presses(await olga.presses(await olga.says('program set expiry none'), 'Now'), 'Put in force');
  });
});

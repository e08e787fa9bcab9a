import { afterAll, describe, expect, it } from 'vitest';
import { createHub } from '../../src/chat/handle.ts';
import type { Inbound } from '../../src/chat/inbound.ts';
import { plainText, type View } from '../../src/chat/view.ts';
import { seeded } from '../support/seeded.ts';
import { codeOn, does, openShop, type Talker } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
let members = 0;
afterAll(() => db.close());

async function newMember(name = 'Anna'): Promise<{ anna: Talker; code: string }> {
  const anna = shop.person(`anna-${++members}`, name);
  await anna.says('join');
  return { anna, code: codeOn(await anna.says('card')) };
}

const points = async (anna: Talker): Promise<string> => (await anna.says('balance')).body ?? '';

describe('one effect', () => {
  it('however often the same event comes, also to two servers at once, in any order', async () => {
    const { anna, code } = await newMember();
    const other = createHub(shop.kernel);
    const random = seeded(7);
    const staff = shop.person('many', 'Ben');
    const link = /inv_\w+/.exec((await olga.says('team invite staff')).body ?? '')?.[0];
    await staff.says(`start ${link}`);
    const event = (id: string, text: string): Inbound => ({
      id,
      text,
      from: { channel: 'telegram', user: 'many', chat: 'many' },
      name: 'Ben',
      language: 'en',
      place: 'direct',
    });
    for (let round = 0; round < 10; round++) {
      const asked = await shop.hub.handle(event(`r${round}-a`, 'credit'));
      expect(asked?.form?.fields.length).toBe(3);
      await shop.hub.handle(event(`r${round}-b`, code));
      const sure = (await shop.hub.handle(event(`r${round}-c`, '2.00'))) as View;
      const press = does(sure, /Give/);
      const copies = Array.from({ length: random.whole(1, 5) }, () => event(`r${round}-d`, press));
      const late = [event(`r${round}-a`, 'credit'), event(`r${round}-b`, code), event(`r${round}-c`, '2.00')];
      const shuffled = [...copies, ...late].sort(() => random.whole(-1, 1));
      await Promise.all(shuffled.map((one, at) => (at % 2 ? other : shop.hub).handle(one)));
      await shop.hub.handle(event(`r${round}-d`, press));
      await staff.says('cancel');
    }
    expect(await points(anna)).toBe('You have 30 points.');
  });

  it('for a button pressed twice, with the same answer to both', async () => {
    const { anna, code } = await newMember();
    const sure = await ben.says(`credit ${code} 5`);
    const replies = await Promise.all([ben.presses(sure, /Give/), ben.presses(sure, /Give/), ben.presses(sure, /Give/)]);
    expect(new Set(replies.map(plainText)).size).toBe(1);
    expect(plainText(replies[0])).toMatch(/5 points for Anna[\s\S]*New balance: 15 points/);
    expect(await points(anna)).toBe('You have 15 points.');
  });

  it('for joining, wherever the process ended: the card is the same and the gift is given once', async () => {
    const anna = shop.person('joiner', 'Anna');
    const replies = await Promise.all([
      anna.says('join', { id: 'j1' }),
      anna.says('join', { id: 'j1' }),
      anna.says('join', { id: 'j2' }),
    ]);
    expect(new Set(replies.map((reply) => reply.facts?.[0]?.[1])).size).toBe(1);
    expect(await points(anna)).toBe('You have 10 points.');
  });

  it('when the process ended after the last answer was kept and before the deed: the redelivered event does it', async () => {
    const { anna, code } = await newMember();
    await ben.says(`credit ${code} 3.00`);
    // What is left behind by a kill: the answer is kept, the deed is not done.
    await db.prisma.conversation.updateMany({
      where: { user: 'staff' },
      data: { stamp: 'aaaaaaaaaa', answers: { who: code.replaceAll('-', ''), amount: '3.00', sure: 'yes' } },
    });
    await db.prisma.inbox.create({ data: { key: 'killed-1', at: shop.clock.now, channel: 'telegram', user: 'staff' } });
    const reply = await ben.says('yes', { id: 'killed-1' });
    expect(reply.title).toBe('3 points for Anna');
    expect((await ben.says('yes', { id: 'killed-1' })).title ?? '').not.toMatch(/points for/);
    expect(await points(anna)).toBe('You have 13 points.');
  });
});

describe('buttons', () => {
  it('of an earlier question never answer a new one', async () => {
    const { anna, code } = await newMember();
    const first = await ben.says(`credit ${code} 100`);
    await ben.says(`credit ${code} 1`);
    expect((await ben.presses(first, /Give/)).body).toBe('That button is from earlier and no longer counts.');
    await ben.says('cancel');
    expect((await ben.presses(first, /Give/)).body).toBe('That button is from earlier and no longer counts.');
    expect(await points(anna)).toBe('You have 10 points.');
  });

  it('of somebody else do nothing, before and after they were pressed', async () => {
    const { anna, code } = await newMember();
    const sure = await ben.says(`credit ${code} 4`);
    expect((await olga.presses(sure, /Give/)).body).toBe('That button is from earlier and no longer counts.');
    await ben.presses(sure, /Give/);
    expect((await olga.presses(sure, /Give/)).body).toBe('That button belongs to somebody else.');
    expect(await points(anna)).toBe('You have 14 points.');
  });
});

describe('a role', () => {
  it('taken away between question and answer refuses the answer', async () => {
    const { anna, code } = await newMember();
    const carl = shop.person('carl', 'Carl');
    const link = /inv_\w+/.exec((await olga.says('team invite staff')).body ?? '')?.[0];
    await carl.says(`start ${link}`);
    const sure = await carl.says(`credit ${code} 50`);
    const which = await olga.says('team remove');
    await olga.presses(await olga.presses(which, 'Carl · staff'), 'Remove');
    expect((await carl.presses(sure, /Give/)).body).toBe('This is for the people who work here.');
    expect((await carl.says('yes')).body).not.toMatch(/50 points/);
    expect(await points(anna)).toBe('You have 10 points.');
  });

  it('lets staff credit others, never themselves', async () => {
    await ben.says('join');
    const own = codeOn(await ben.says('card'));
    expect((await ben.says(`credit ${own} 10`)).body).toBe("You can't give points to yourself. Ask a colleague.");
    expect(await points(ben)).toBe('You have 10 points.');
  });
});

describe('what people write', () => {
  it('is understood as a word, with or without a slash, in any case and any language', async () => {
    const { anna } = await newMember();
    for (const text of ['balance', '/balance', 'Balance!', ' BALANCE ', 'my points', 'баланс', 'saldo']) {
      expect((await anna.says(text)).body, text).toBe('You have 10 points.');
    }
  });

  it('gets the nearest commands when it is unknown, and only those the person has', async () => {
    const { anna } = await newMember();
    const reply = await anna.says('balanse');
    expect(does(reply, 'Balance')).toBe('balance');
    expect(plainText(await anna.says('qwertyuiop'))).toBe("I didn't understand that. Help shows what I can do.");
    const labels = ((await anna.says('credt')).buttons ?? []).flat().map((button) => button.label);
    expect(labels).not.toContain('Give points');
  });

  it('may be ten kilobytes, hostile or from right to left: it is shown as it is and breaks nothing', async () => {
    const name = '<b>Анна</b> <!channel> \u202eabc 🎉 *x* `y`';
    const { code } = await newMember(name);
    expect((await ben.says(`credit ${code} 1`)).title).toBe(`Give 1 point to ${name}?`);
    await ben.says('cancel');
    expect((await ben.says('x'.repeat(10_000))).body).toBeTruthy();
    expect((await ben.says(`credit ${code} ${'9'.repeat(10_000)}`)).body).toMatch(/can't read that amount/);
    await ben.says('cancel');
  });

  it('can answer an open question; a command in between does not lose it', async () => {
    const { code } = await newMember();
    await ben.says('credit');
    expect((await ben.says('help')).title).toBe('Help');
    expect((await ben.says(code)).body).toMatch(/How much/);
    expect((await ben.says('12.345')).body).toMatch(/too many decimals/);
    expect((await ben.says('2')).title).toBe('Give 2 points to Anna?');
    expect((await ben.says('maybe')).body).toMatch(/press a button/);
    expect((await ben.says('yes')).title).toBe('2 points for Anna');
  });

  it('is an answer also when it begins with the name of a command that has no use for the rest', async () => {
    await olga.says('broadcast new');
    const asked = await olga.says('Hello {nmae}, cake is on us');
    expect(plainText(asked)).toMatch(/nmae/);
    expect(plainText(asked)).not.toMatch(/Welcome/);
    await olga.says('cancel');
  });

  it('is never what a press stands for: a button under another message does its own thing', async () => {
    await olga.says('broadcast new');
    const list = await olga.presses({ buttons: [[{ label: 'Language', does: 'language fi' }]] }, /Language/);
    expect(plainText(list)).not.toMatch(/draft/);
    expect(await db.prisma.campaign.count({ where: { kind: 'broadcast' } })).toBe(0);
    await olga.says('language en');
  });

  it('is answered with a way in for a stranger', async () => {
    const stranger = shop.person('nobody', 'Nora');
    expect(does(await stranger.says('balance'), 'Join')).toBe('join');
    expect(does(await stranger.says('whatever this is'), 'Join')).toBe('join');
    expect((await stranger.says('credit')).body).toBe('This is for the people who work here.');
    expect((await stranger.says('team')).body).toBe('Only an owner can do this.');
  });
});

describe('trouble', () => {
  it('ends in an apology with the event id, logged once, without what was written', async () => {
    const { anna } = await newMember();
    const broken = createHub({
      ...shop.kernel,
      commands: shop.kernel.commands.map((one) =>
        one.name === 'why' ? { ...one, run: () => Promise.reject(new Error('boom')) } : one,
      ),
    });
    shop.logged.length = 0;
    const reply = await broken.handle({
      id: 'ev-1',
      from: { channel: 'telegram', user: anna.user, chat: anna.user },
      name: 'Secret Name',
      place: 'direct',
      text: 'why',
    });
    expect(reply?.body).toContain('ev-1');
    expect(shop.logged).toHaveLength(1);
    expect(JSON.stringify(shop.logged)).toContain('ev-1');
    expect(JSON.stringify(shop.logged)).not.toContain('Secret Name');
  });

  it('of the database is passed on, so that the event is delivered again', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const hub = createHub({ ...shop.kernel, db: { ...db, run: () => Promise.reject(away) } });
    await expect(
      hub.handle({ id: 'ev-2', from: { channel: 'telegram', user: 'x', chat: 'x' }, name: 'X', place: 'direct', text: 'hi' }),
    ).rejects.toBe(away);
  });

  it('with codes: five wrong ones, then a pause; a right one in between forgets them', async () => {
    const { code } = await newMember();
    const wrong = 'K7Q2-9XMP-6';
    for (let n = 0; n < 3; n++) expect((await ben.says(`member ${wrong}`)).body).toMatch(/typing error/);
    expect((await ben.says(`member ${code}`)).title).toBe('Anna');
    for (let n = 0; n < 4; n++) expect((await ben.says(`member ${wrong}`)).body).toMatch(/typing error/);
    expect((await ben.says('member K7Q2-9XMP-5')).body).toMatch(/No member has this code/);
    expect((await ben.says(`member ${code}`)).body).toMatch(/wait 60 seconds/);
    shop.clock.now = new Date(shop.clock.now.getTime() + 61_000);
    expect((await ben.says(`member ${code}`)).title).toBe('Anna');
    await ben.says('cancel');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { codeOn, openShop } from '../support/talk.ts';

let open: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  open = await openShop();
});
afterAll(() => open.db.close());

const fileText = (view: { file?: { bytes: Uint8Array } }) => new TextDecoder().decode(view.file?.bytes);

/** Anna with a card and points on it. */
async function member(user: string, name: string) {
  const { shop, ben } = open;
  const anna = shop.person(user, name);
  const code = codeOn(await anna.says('join'));
  await ben.presses(await ben.says(`credit ${code} 12.50`), /Give/);
  return { anna, code };
}

describe('privacy', () => {
  test('says what is kept and for how long, with the numbers in force, and leads on', async () => {
    const { anna } = await member('p1', 'Anna One');
    const view = await anna.says('privacy');
    expect(plainText(view)).toMatch(/after 8 days.*after 90 days.*after 400 days/s);
    await anna.says('consent yes');
    await anna.says('consent no');
    const log = plainText(await anna.presses(view, 'What I agreed to'));
    expect(log).toMatch(/Messages from the shop: no, to “May we also[^”]*”[\s\S]*Messages from the shop: yes/);
  });

  test('a stranger reads it too, and has nothing to take away or erase', async () => {
    const stranger = open.shop.person('p2', 'Nobody');
    expect(plainText(await stranger.says('privacy'))).toContain('Nobody else gets it');
    expect(plainText(await stranger.says('export'))).toContain('know nothing about you yet');
    expect(plainText(await stranger.says('erase'))).toContain("doesn't know you yet");
  });
});

describe('export', () => {
  test('everything as JSON, points and purchases as a table that is no program', async () => {
    const { anna } = await member('p3', 'Anna Three');
    const offered = await anna.says('export');
    const all = JSON.parse(fileText(await anna.presses(offered, 'Everything (JSON)'))) as { data: Record<string, object[]> };
    expect(all.data['person']).toMatchObject([{ name: 'Anna Three', language: 'en' }]);
    expect(all.data['address']).toMatchObject([{ user_id: 'p3', channel: 'telegram' }]);
    expect(all.data['sale']).toMatchObject([{ amount_minor: 1250, points: 12 }]);
    expect(all.data['entry']?.map((entry) => ('kind' in entry ? entry.kind : ''))).toEqual(['welcome', 'credit']);
    expect(JSON.stringify(all)).not.toMatch(/request_hash|code_hash|actor_id/);
    const table = fileText(await anna.presses(offered, 'Points and purchases (CSV)'));
    expect(table.split('\n').map((line) => line.split(',').slice(1, 4).join())).toEqual([
      'What,Points,Balance',
      'welcome gift,10,10',
      'purchase €12.50,12,22',
      '',
    ]);
  });
});

describe('erase', () => {
  test('asked twice, said what goes, done once, and the same reply to a press that comes again', async () => {
    const { anna, code } = await member('e1', 'Anna Gone');
    const first = await anna.says('erase');
    expect(plainText(first)).toMatch(/Shall we forget you\?[\s\S]*Points lost: 22 points/);
    const second = await anna.presses(first, 'Erase everything');
    expect(plainText(second)).toContain('There is no way back');
    const press = { id: 'telegram-erasing' };
    const last = await anna.presses(second, 'Yes, erase for good', press);
    expect(plainText(last)).toMatch(/You are forgotten[\s\S]*Points lost: 22 points/);
    expect(await anna.presses(second, 'Yes, erase for good', press)).toEqual(last);
    expect(await anna.presses(second, 'Yes, erase for good')).toEqual(last);
    expect(plainText(await open.ben.says(`member ${code}`))).toContain('No member has this code');
    expect((await verify(open.db)).problems).toEqual([]);
  });

  test('somebody else who gets hold of the button erases nobody', async () => {
    const { anna } = await member('e2', 'Anna Two');
    const { anna: other } = await member('e3', 'Other');
    const second = await anna.presses(await anna.says('erase'), 'Erase everything');
    expect(plainText(await other.presses(second, 'Yes, erase for good'))).toContain('That button is from earlier');
    await anna.presses(second, 'Yes, erase for good');
    expect(plainText(await other.presses(second, 'Yes, erase for good'))).toContain('does nothing any more');
    expect(plainText(await other.says('balance'))).toContain('22 points');
  });

  test('who comes back is a stranger, who may join anew', async () => {
    const { anna } = await member('e4', 'Back Again');
    await anna.presses(await anna.presses(await anna.says('erase'), 'Erase everything'), 'Yes, erase for good');
    expect(plainText(await anna.says('start'))).toContain('Welcome to Café Liepa');
    await anna.says('join');
    expect(plainText(await anna.says('balance'))).toContain('10 points');
    expect((await verify(open.db)).problems).toEqual([]);
  });

  test('who works here leaves the team first, and there is always an owner', async () => {
    expect(plainText(await open.ben.says('erase'))).toContain('leaves the team first');
    expect(plainText(await open.olga.says('erase'))).toContain('the only owner');
    expect(plainText(await open.ben.says('erase K7Q2-9XMP-5'))).toMatch(/leaves the team first|owner/);
  });

  test('an owner erases a customer who asks for it at the counter; it stands in the log', async () => {
    const { olga } = open;
    const { code } = await member('e5', 'Counter Customer');
    const first = await olga.says(`erase ${code}`);
    expect(plainText(first)).toMatch(/Erase Counter Customer\?[\s\S]*22 points/);
    const second = await olga.presses(first, 'Erase everything');
    const last = await olga.presses(second, 'Yes, erase for good');
    expect(plainText(last)).toContain('Everything about this customer is gone');
    expect(await olga.presses(second, 'Yes, erase for good')).toEqual(last);
    expect(plainText(await olga.says('report team Olga'))).toContain('A customer was erased');
    expect(await open.db.prisma.person.count({ where: { name: 'Counter Customer' } })).toBe(0);
    expect((await verify(open.db)).problems).toEqual([]);
  });
});

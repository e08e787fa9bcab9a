import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../support/fake-telegram/index.ts';
import { until } from '../support/program.ts';
import { readPicture } from '../support/read-qr.ts';
import { joins, openTelegramShop, type Query, type TelegramShop } from './telegram-shop.ts';

let shop: TelegramShop;
let anna: Person;
/** What the customer's QR says, and what is in its link. */
let scanned: string;
let payload: string;
const pressed: Query[] = [];

/** Presses a button and keeps the query: at the end each must have been answered. */
async function press(person: Person, label: string): Promise<void> {
  pressed.push(await person.presses(label));
}

beforeAll(async () => {
  shop = await openTelegramShop();
  anna = shop.telegram.person({ id: 2001, name: 'Anna', last_name: 'Mäkelä', language_code: 'fi-FI' });
});

afterAll(() => shop.close());

const menuOf = (scope: string) => shop.telegram.menus.get(scope)?.map(({ command }) => command);

describe('the team', () => {
  test('the owner is told who has accepted the invitation, which works once', async () => {
    await shop.olga.gets('Ben has joined the team');
    const second = shop.telegram.person({ id: 1003, name: 'Eve' });
    await second.opens('inv_0123456789ABCDEF');
    await second.gets("I don't know this code");
  });

  test('staff have their commands in the menu of their own chat, nobody else has', async () => {
    await until('the menu of Ben', () => menuOf('chat:1002/')?.includes('credit'));
    await until('the menu of Olga', () => menuOf('chat:1001/')?.includes('team'));
    expect(menuOf('chat:1002/')).toEqual(expect.arrayContaining(['credit', 'undo', 'member', 'balance']));
    expect(menuOf('chat:1002/')).not.toContain('team');
    await until('the menus for everybody', () => ['', 'ru', 'bg', 'fi', 'pl'].every((one) => menuOf(`default/${one}`)));
    for (const language of ['', 'fi']) {
      expect(menuOf(`default/${language}`)).toEqual(expect.arrayContaining(['balance', 'card', 'history', 'why', 'help']));
      for (const command of ['credit', 'undo', 'member', 'team']) expect(menuOf(`default/${language}`)).not.toContain(command);
    }
  });
});

describe('a customer, in the language of their phone', () => {
  test('is greeted in Finnish and joins by one press: card, welcome bonus, and one question about offers', async () => {
    await anna.says('/start');
    const greeting = await anna.gets('Tervetuloa, täällä Café Liepa!');
    expect(greeting.text).toContain('10 pistettä');
    await press(anna, 'Liity mukaan');
    const card = await anna.gets('Tervetuloa, Anna Mäkelä!');
    expect(card.text).toContain('Kortillasi on jo 10 pistettä.');
    scanned = (card.image && (await readPicture(card.image))) ?? '';
    expect(scanned).toMatch(/^https:\/\/t\.me\/regulars_test_bot\?start=c_[0-9A-Z]{9}$/);
    payload = new URL(scanned).searchParams.get('start') ?? '';
    const groups = payload.replace(/^c_(.{4})(.{4})(.)$/, '$1-$2-$3');
    expect(card.text).toContain(groups);
    const question = await anna.gets('Kiva, että olet mukana!');
    expect(question.text).toContain('Saammeko lähettää sinulle silloin tällöin myös tarjouksia?');
    await press(anna, 'Ei kiitos');
    await anna.gets('Selvä, ei tarjouksia.');
  });

  test('the card again is the same picture, which does not travel twice', async () => {
    await anna.says('kortti');
    expect((await anna.gets('Koodisi')).image).toBeDefined();
    const media = ({ params }: { params: Record<string, unknown> }) =>
      String(params['photo'] ?? (params['media'] as { media?: string } | undefined)?.media ?? '');
    const sent = () =>
      shop.telegram.accepted
        .filter(({ params }) => params['chat_id'] === 2001)
        .map(media)
        .filter(Boolean);
    await until('both pictures', () => sent().length === 2);
    expect(sent()).toEqual([expect.stringMatching(/^attach:/), expect.stringMatching(/^AgAC/)]);
  });

  test('from the camera to credited: two presses (Start in the link, confirm) and one number', async () => {
    await shop.ben.opens(payload);
    expect((await shop.ben.gets('How much was the purchase?')).text).toContain('Anna Mäkelä');
    await shop.ben.says('12,50');
    const question = await shop.ben.gets('Give 12 points to Anna Mäkelä?');
    expect(question.text).toContain('€12.50');
    await press(shop.ben, 'Give 12 points');
    const done = await shop.ben.gets('12 points for Anna Mäkelä');
    expect(done.text).toContain('New balance: 22 points');
    expect(done.id).toBe(question.id);
  });

  test('is told in their own chat and language, through the outbox', async () => {
    const told = await anna.gets('+12 pistettä');
    expect(told.text).toMatch(/Kiitos ostoksestasi \(12,50\s€\)!/);
    expect(told.text).toContain('22 pistettä');
    const row = () => shop.program.peek.prisma.delivery.findFirst({ where: { notice: 'credited' } });
    const delivery = await until('the delivery', async () => ((await row())?.state === 'sent' ? row() : undefined));
    expect(delivery).toMatchObject({ channel: 'telegram', attempt: 1, result: { message: told.id, chat: '2001' } });
  });

  test('balance, history and why, as plain words', async () => {
    await anna.says('pisteet');
    await anna.gets('Sinulla on 22 pistettä.');
    await press(anna, 'Historia');
    const history = await anna.gets('Historia');
    expect(history.text).toMatch(/\+12 · ostos 12,50\s€/);
    expect(history.text).toContain('+10 · tervetuliaislahja');
    await anna.says('miksi');
    const why = await anna.gets('+12 pistettä');
    expect(why.text).toMatch(/1 piste jokaista 1,00\s€ kohti\./);
    expect(why.text).toMatch(/0,50\s€ jää odottamaan seuraavaa ostostasi\./);
    expect(why.text).toContain('Kirjaaja: Ben');
    expect(why.text).toMatch(/Kuitti: #\d+/);
  });

  test('an undo takes the points back, and they are told again', async () => {
    await press(shop.ben, 'Undo');
    expect((await shop.ben.gets('€12.50 taken back')).text).toContain('New balance: 10 points');
    expect((await anna.gets('Ostos peruttu')).text).toMatch(/Ostos 12,50\s€ peruttiin, ja sen mukana lähti 12 pistettä\./);
    await anna.says('saldo');
    await anna.gets('Sinulla on 10 pistettä.');
  });

  test('another language, from the next word and the next notice on', async () => {
    await anna.says('kieli');
    await anna.gets('Mitä kieltä haluat käyttää?');
    await press(anna, 'English');
    await anna.gets("I'll speak English with you.");
    await until('a menu in English', () =>
      shop.telegram.menus.get('chat:2001/')?.some(({ description }) => description === 'See your points'),
    );
    await anna.says('balance');
    await anna.gets('You have 10 points.');
    await shop.ben.says(`credit ${payload.slice(2)} 3`);
    await shop.ben.gets('Give 3 points');
    await press(shop.ben, 'Give 3 points');
    await anna.gets('Thank you for your purchase of €3.00.');
  });
});

describe('people who come and go', () => {
  test('who blocked the bot is not written to; back again, they are told of what happens then', async () => {
    const cleo = shop.telegram.person({ id: 2002, name: 'Cleo', language_code: 'en' });
    const code = await joins(cleo);
    await cleo.blocks();
    const dead = () => shop.program.peek.prisma.address.count({ where: { user: '2002', deadAt: { not: null } } });
    await until('the dead address', async () => (await dead()) === 1);
    await shop.ben.says(`credit ${code} 5`);
    await shop.ben.gets('Give 5 points');
    await press(shop.ben, 'Give 5 points');
    await shop.ben.gets('5 points for Cleo');
    await cleo.returns();
    await until('the live address', async () => (await dead()) === 0);
    await shop.ben.says(`credit ${code} 6`);
    await shop.ben.gets('Give 6 points');
    await press(shop.ben, 'Give 6 points');
    expect((await cleo.gets('+6 points')).text).toContain('21 points');
    expect(cleo.messages().filter(({ text }) => text.includes('+5 points'))).toEqual([]);
  });

  test('a deleted account is found out by the first message, which fails and is not repeated', async () => {
    const dan = shop.telegram.person({ id: 2003, name: 'Dan', language_code: 'en' });
    const code = await joins(dan);
    await dan.deactivates();
    await shop.ben.says(`credit ${code} 5`);
    await shop.ben.gets('Give 5 points');
    await press(shop.ben, 'Give 5 points');
    const failed = () => shop.program.peek.prisma.delivery.findFirst({ where: { state: 'failed' } });
    const delivery = await until('the failed delivery', async () => (await failed()) ?? undefined);
    expect(delivery).toMatchObject({ notice: 'credited', attempt: 1, result: { code: 'unreachable' } });
    expect(await shop.program.peek.prisma.address.count({ where: { user: '2003', deadAt: { not: null } } })).toBe(1);
  });

  test('a long and hostile name is shown as it is', async () => {
    const name = `<b>Ev\u202Ee</b> & "*_\`😈 ${'x'.repeat(40)}`;
    const eve = shop.telegram.person({ id: 2004, name, last_name: '<!channel> {{count}}', language_code: 'en' });
    const code = await joins(eve);
    await shop.ben.opens(`c_${code}`);
    expect((await shop.ben.gets('How much')).text).toContain(`${name} <!channel> {{count}}`);
    await shop.ben.says('1');
    await shop.ben.gets(`Give 1 point to ${name} <!channel> {{count}}?`);
    await press(shop.ben, 'Cancel');
    await shop.ben.gets('forgotten');
  });

  test('who is removed from the team is told, loses the menu, and may no longer credit', async () => {
    await shop.olga.says('/team remove');
    await shop.olga.gets('Who is leaving?');
    await press(shop.olga, 'Ben · staff');
    await shop.olga.gets('Remove Ben (staff) from the team?');
    await press(shop.olga, 'Remove');
    await shop.olga.gets('Ben is no longer on the team.');
    await shop.ben.gets('You are no longer on the team');
    await until('the menu without credit', () => !menuOf('chat:1002/')?.includes('credit'));
    await shop.ben.says(`credit ${payload.slice(2)} 5`);
    await shop.ben.gets('This is for the people who work here.');
  });
});

test('the books are right, every press was answered, and Telegram had nothing to refuse', async () => {
  await shop.olga.says('/verify');
  await shop.olga.gets('Every point adds up');
  await until('answers to every press', () => pressed.every(({ answers }) => answers.length === 1));
  expect(shop.telegram.mistakes).toEqual([]);
  expect(shop.program.errors()).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/program.ts';
import { advance, type Guest, type ReachShop, type Shown, upkeep } from './reach-shop.ts';

const labels = ({ buttons }: Shown): string[] => buttons.map(({ label }) => label);
const couponIn = ({ text }: Shown): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}(?![0-9A-Z])/.exec(text)?.[0] ?? '';

/** The path of a customer and of an owner through offers, reminders and privacy, on one messenger. */
export function reachPath(messenger: string, open: () => Promise<ReachShop>): void {
  describe(`offers and reminders on ${messenger}`, () => {
    let shop: ReachShop;
    let anna: Guest;
    let cleo: Guest;
    let code: string;

    /** Somebody joins, and says whether they want to hear of offers. */
    async function joins(name: string, wants: RegExp): Promise<[Guest, string]> {
      const guest = shop.guest(name, 'en');
      await guest.says('join');
      const card = await guest.gets(/Your code/);
      await guest.presses(wants);
      await guest.gets(wants.source.startsWith('^Yes') ? /hear from us/ : /no offers/);
      return [guest, /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card.text)?.[0] ?? ''];
    }

    /** The owner writes an offer and sets it up by what follows its number; then it is on its way, whatever it takes. */
    async function sends(text: string, ...settings: string[]): Promise<void> {
      const { olga } = shop;
      await olga.says(`broadcast new ${text}`);
      const draft = await olga.gets(/· draft/);
      const id = /(\d+)\. /.exec(draft.text)?.[1];
      for (const setting of settings) {
        await olga.says(`broadcast ${id} ${setting}`);
        await olga.gets(/· draft/);
      }
      await olga.presses(/^Start$/);
      await olga.gets(/^Start “/);
      await olga.presses(/^Start$/);
      await olga.gets(/more than half of them/);
      await olga.presses(/^Yes, to all/);
      await olga.gets(/keeps the score/);
      await upkeep(shop.program);
    }

    beforeAll(async () => {
      shop = await open();
      const { olga } = shop;
      await olga.says('program preset cafe');
      await olga.presses(/^Now$/);
      await olga.presses(/^Put in force$/);
      await olga.gets(/The new rules are in force/);
      [anna, code] = await joins('Anna', /^Yes, send me offers$/);
      [cleo] = await joins('Cleo', /^Yes, send me offers$/);
      await joins('Bea', /^No, thanks$/);
    });
    afterAll(() => shop.close());

    test('an offer reaches those who want to hear of offers; taken ten times at once it is one coupon, and staff take it', async () => {
      await sends('A coffee is waiting, {name}!\n\nCome by this week.', 'reward coffee');
      const offer = await anna.gets(/A coffee is waiting, Anna!\s+Come by this week\./);
      expect(labels(offer)).toEqual(['Take it: A coffee on us', 'No more offers']);
      await cleo.gets(/waiting, Cleo!/);
      await anna.says('offers');
      expect(labels(await anna.gets(/A coffee is waiting, Anna![\s\S]*no hurry/))).toContain('Take it: A coffee on us');
      await anna.presses(/^Take it/, 10);
      const coupon = couponIn(await anna.gets(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/));
      await anna.says('coupons');
      const held = await anna.gets(/A coffee on us/);
      expect(labels(held).filter((label) => label.startsWith('Show: '))).toEqual(['Show: A coffee on us']);
      expect([...new Set(anna.sees().map(couponIn))].filter(Boolean)).toEqual([coupon]);
      await anna.says('offers');
      await anna.gets(/No offer is open/);
      await shop.ben.says(`use ${coupon}`);
      await shop.ben.gets(/A coffee on us for Anna\?/);
      await shop.ben.presses(/^Use the coupon$/);
      await anna.gets(/Used: A coffee on us/);
    });

    test('one press mutes the kind, “stop” everything; a question reaches the others, and their first answer counts', async () => {
      await anna.presses(/^No more offers$/);
      await anna.gets(/Off from now on: Offers/);
      await anna.presses(/^Undo$/);
      await anna.gets(/On: Offers/);
      await anna.says('stop');
      await anna.gets(/only hear from us about your own points/);
      await sends('How was it?', 'question Great | So so');
      await cleo.gets(/How was it\?/);
      await cleo.presses(/^Great$/, 3);
      await cleo.gets(/: Great\./);
      expect(anna.sees().some(({ text }) => text.includes('How was it?'))).toBe(false);
    });

    test('what comes by itself is seen before it comes, and can be left out', async () => {
      const day = new Date(shop.program.app.kernel.now().getTime() + 3 * 86_400_000);
      await cleo.says(`birthday ${day.getUTCDate()}.${day.getUTCMonth() + 1}.`);
      await cleo.presses(/^Yes, that.s it/);
      await cleo.gets(/Noted/);
      const { olga } = shop;
      await olga.says('report upcoming');
      await olga.gets(/Birthday[\s\S]*1 message/);
      await olga.presses(/^Birthday/);
      await olga.gets(/1 message is coming[\s\S]*Cleo/);
      await olga.presses(/^✕ Cleo/);
      await olga.gets(/Left out: Cleo will not get it/);
    });

    test('a month later the coupon that was kept runs out, and its owner is reminded once', async () => {
      await cleo.presses(/^Take it/);
      await cleo.gets(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/);
      await advance(shop.program, '1 month');
      await advance(shop.program, '1 week');
      expect(labels(await cleo.gets(/Your coupon ends soon[\s\S]*A coffee on us/))).toEqual(['Coupons', 'No more reminders']);
      expect(cleo.sees().filter(({ text }) => /ends soon/.test(text))).toHaveLength(1);
      expect(cleo.sees().some(({ text }) => /Happy birthday/.test(text))).toBe(false);
    });

    test('quiet hours hold an offer back, until they are over', async () => {
      await anna.presses(/^Back to how it was$/);
      await anna.gets(/hear from us/);
      await anna.says('settings quiet 10-15');
      await anna.gets(/Quiet hours: 10:00–15:00/);
      await anna.says('settings');
      await anna.gets(/Quiet hours[\s\S]*10:00–15:00/);
      await sends('The new menu', 'link example.com/menu See the menu');
      await cleo.gets(/The new menu/);
      await cleo.presses(/^See the menu$/);
      expect((await cleo.gets(/Here you go/)).buttons).toContainEqual(
        expect.objectContaining({ label: 'See the menu', url: 'https://example.com/menu' }),
      );
      const arrived = () => anna.sees().some(({ text }) => text.includes('The new menu'));
      expect(arrived()).toBe(false);
      await anna.says('settings quiet 22-8');
      await anna.gets(/22:00–08:00/);
      await advance(shop.program, '1 day');
      await until('the menu, a day later', arrived);
    });

    test('an owner groups people by pressing and by words; what is not understood is pointed at; staff tag', async () => {
      const { olga, ben } = shop;
      await ben.says(`tag ${code} vegan`);
      await ben.gets(/Tags[\s\S]*vegan/);
      await olga.says('segments new "Green"');
      await olga.gets(/3 people of 3/);
      await olga.presses(/^Tag$/);
      await olga.gets(/Tag: which\?/);
      await olga.presses(/vegan/);
      await olga.gets(/1 person of 3/);
      await olga.says('segments change Green tag:vegan vizits>=3');
      await olga.gets(/condition “vizits” \(character 11\)\. Do you mean visits\?/);
      await olga.says('tag:vegan or language:en');
      await olga.gets(/3 people of 3/);
    });

    test('somebody takes everything that is known about them along, and is forgotten', async () => {
      await anna.says('export');
      await anna.gets(/everything/);
      await anna.presses(/^Everything \(JSON\)$/);
      await anna.gets(/Everything we know about you/);
      const file = await until('the file', () => anna.sees().find((seen) => seen.file)?.file);
      expect(file.name).toBe('my-data.json');
      expect(JSON.stringify(JSON.parse(new TextDecoder().decode(file.bytes)))).toContain(code.replaceAll('-', ''));
      await anna.says('erase');
      await anna.presses(/^Erase everything$/);
      await anna.gets(/Quite sure\?/);
      await anna.presses(/^Yes, erase for good$/);
      await anna.gets(/You are forgotten/);
      await anna.says('card');
      await anna.gets(/First get your card/);
      expect(shop.mistakes()).toEqual([]);
      expect(shop.program.errors()).toEqual([]);
    });
  });
}

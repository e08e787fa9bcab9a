import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { choicesOf } from '../../src/program/attention/choices.ts';
import { readQuiet } from '../../src/program/attention/quiet-hours.ts';
import { cityOf, readTimeZone, zonesNear } from '../../src/program/attention/time-zones.ts';
import { does, openShop } from '../support/talk.ts';

describe('what a member wants to hear, and when', () => {
  let setting: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    setting = await openShop();
  });
  afterAll(() => setting.db.close());

  const joined = async (name: string, language = 'en') => {
    const who = setting.shop.person(`user-${name}`, name, language);
    await who.says('join');
    return who;
  };
  const personOf = async (user: string) =>
    setting.db.prisma.person.findFirstOrThrow({
      where: { addresses: { some: { user } } },
      include: { consents: { orderBy: { id: 'asc' } } },
    });
  const hears = async (user: string) => {
    const { hears } = await choicesOf(setting, (await personOf(user)).id);
    return Object.entries(hears).flatMap(([topic, on]) => (on ? [topic] : []));
  };

  it('stops everything but what is their own by one word in any language, keeps the wording, and offers the way back', async () => {
    const who = await joined('stop');
    for (const word of ['stop', 'Отпиши', 'отпиши ме', 'lopeta', 'wypisz mnie']) {
      await who.says('consent yes');
      expect(await hears(who.user)).toHaveLength(5);
      const stopped = await who.says(word);
      expect(await hears(who.user)).toEqual(['reminders']);
      const said = (await personOf(who.user)).consents.at(-1);
      expect(said).toMatchObject({ kind: 'marketing', granted: false, wording: 'No more offers and news, at once' });
      expect(said?.at).toEqual(setting.shop.clock.now);
      await who.presses(stopped, 'Back to how it was');
      expect(await hears(who.user)).toHaveLength(5);
    }
    expect((await personOf(who.user)).consents).toHaveLength(15);
  });

  it('is not bothered when a stranger says stop', async () => {
    const nobody = setting.shop.person('stranger', 'Nobody');
    expect(plainText(await nobody.says('stop'))).toContain("don't send you anything");
    expect(plainText(await nobody.says('mute offers'))).toContain('First get your card');
  });

  it('mutes one kind by the press under a message, once however often it comes, and takes it back', async () => {
    const who = await joined('mute');
    await who.says('consent yes');
    const muted = await who.says('mute offers', { id: 'press-1' });
    expect(await who.says('mute offers', { id: 'press-1' })).toEqual(muted);
    expect(await hears(who.user)).toEqual(['tips', 'birthday', 'comeback', 'reminders']);
    expect((await personOf(who.user)).consents).toHaveLength(2);
    expect((await personOf(who.user)).consents[1]).toMatchObject({ kind: 'offers', granted: false, wording: 'Turn off: Offers' });
    await who.presses(muted, 'Undo');
    expect(await hears(who.user)).toHaveLength(5);
    await who.says('stop offers');
    await who.says('stop Reminders about points and coupons');
    expect(await hears(who.user)).toEqual(['tips', 'birthday', 'comeback']);
    const asked = await who.says('mute everything');
    expect(plainText(asked)).toContain("I don't know that kind");
    await who.presses(asked, /News/);
    expect(await hears(who.user)).toEqual(['birthday', 'comeback']);
  });

  it('agrees to one kind alone after none, and has withdrawn after the last', async () => {
    const who = await joined('kinds');
    await who.says('consent yes');
    await who.says('stop');
    let kinds = await who.says('settings kinds');
    expect(kinds.facts?.map(([, state]) => state)).toEqual(['off', 'off', 'off', 'off', 'on']);
    kinds = await who.presses(kinds, 'Turn on: Birthday wishes');
    expect(kinds.facts?.map(([, state]) => state)).toEqual(['off', 'off', 'on', 'off', 'on']);
    expect(await hears(who.user)).toEqual(['birthday', 'reminders']);
    await who.presses(kinds, 'Turn off: Birthday wishes');
    const person = await personOf(who.user);
    expect([person.marketing, person.consents.at(-1)?.kind, person.consents.at(-1)?.granted]).toEqual([
      false,
      'marketing',
      false,
    ]);
    // A yes to everything means something, also after everything was switched off one by one.
    await who.says('consent yes');
    expect(await hears(who.user)).toHaveLength(5);
    expect(plainText(await who.says('settings kinds offers perhaps'))).toContain('On or off?');
  });

  it('counts the latest answer when two are given at once', async () => {
    const who = await joined('race');
    await who.says('consent yes');
    await Promise.all([who.says('mute offers'), who.says('mute tips'), who.says('mute birthday'), who.says('mute comeback')]);
    const person = await personOf(who.user);
    expect([person.marketing, [...person.muted].sort()]).toEqual([false, ['birthday', 'comeback', 'offers', 'tips']]);
  });

  it('shows everything on one page, and sets hours and place by a press or in words', async () => {
    const who = await joined('page');
    const page = await who.says('settings');
    expect(Object.fromEntries(page.facts ?? [])).toMatchObject({
      Language: 'English',
      Messages: 'Reminders about points and coupons',
      'Quiet hours': '21:00–09:00',
      'Your time': 'Helsinki, 12:00',
      Birthday: 'not told',
    });
    const asked = await who.presses(page, 'Quiet hours');
    expect(plainText(await who.says('never'))).toContain("I don't understand these hours");
    await who.presses(asked, '22:00–08:00');
    expect(plainText(await who.says('settings quiet from 23.30 to 7'))).toContain('23:30–07:00');
    const zones = await who.presses(page, 'Time zone');
    await who.presses(zones, /London/);
    expect((await personOf(who.user)).timeZone).toBe('Europe/London');
    expect(plainText(await who.says('settings zone new york'))).toContain('New York, where it is 05:00');
    expect(plainText(await who.says('settings zone Атлантида'))).toContain("I don't know that place");
    await who.says('cancel');
    expect(Object.fromEntries((await who.says('settings')).facts ?? [])).toMatchObject({
      'Quiet hours': '23:30–07:00',
      'Your time': 'New York, 05:00',
    });
    await who.presses(await who.says('settings quiet'), /Same as the shop/);
    await who.presses(await who.says('settings zone'), 'Same as the shop');
    expect(await personOf(who.user)).toMatchObject({ quiet: null, timeZone: null });
    expect(does(page, 'No more offers')).toBe('stop');
  });
});

describe('hours and places as people write them', () => {
  it('reads hours', () => {
    const readings = ['22-8', '22:00–08:00', '9.30 - 10', 'с 21 до 9', 'from 24 to 6', '22:00 bis 7 Uhr'].map((typed) => {
      const { from, until } = readQuiet(typed);
      return `${from} ${until}`;
    });
    expect(readings).toEqual(['22:00 08:00', '22:00 08:00', '09:30 10:00', '21:00 09:00', '00:00 06:00', '22:00 07:00']);
    for (const typed of ['', '22', '25-3', '8-8', '22:70-8', 'always', '1-2-3-x'.repeat(50)])
      expect(() => readQuiet(typed), typed).toThrow('settings.quiet_unclear');
  });

  it('reads places, with and without their signs, and offers some near the shop that every runtime knows', () => {
    expect(['Helsinki', 'são paulo', 'Europe/Sofia', 'kyiv', 'utc', 'New_York'].map(readTimeZone)).toEqual([
      'Europe/Helsinki',
      'America/Sao_Paulo',
      'Europe/Sofia',
      'Europe/Kyiv',
      'UTC',
      'America/New_York',
    ]);
    for (const shop of [
      'Europe/Helsinki',
      'America/Chicago',
      'Asia/Tokyo',
      'Africa/Cairo',
      'Australia/Perth',
      'Pacific/Auckland',
      'Indian/Maldives',
      'UTC',
    ]) {
      const near = zonesNear(shop, new Date('2026-11-21T10:00:00Z'));
      expect(near).toContain(shop);
      expect(new Set(near).size).toBe(near.length);
      for (const zone of near) expect(readTimeZone(cityOf(zone)), zone).toBe(zone);
    }
  });
});

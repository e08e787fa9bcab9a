import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderForm, renderStep } from '../../src/channels/slack/modal.ts';
import { renderMessage } from '../../src/channels/slack/render.ts';
import { captionUnits, textUnits } from '../../src/channels/telegram/limits.ts';
import { commandsOf } from '../../src/channels/telegram/menu.ts';
import { plainOf, render } from '../../src/channels/telegram/render.ts';
import { plainText, type View } from '../../src/chat/view.ts';
import { commands } from '../../src/commands/index.ts';
import { menuOf } from '../../src/commands/menu.ts';
import { presetRules } from '../../src/program/rules/presets.ts';
import type { Rules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { checkBlocks, checkView } from '../support/fake-slack/blocks.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, openShop, type Talker } from '../support/talk.ts';

// What people are shown must fit both messengers whole, also in a shop that has much of everything, all with long names.
const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const languages = ['en', 'ru', 'bg', 'fi', 'pl'] as const;
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
const idOf = (at: number): string => `x${String(at).padStart(23, '0')}`;
const named = (at: number) => Object.fromEntries(languages.map((one) => [one, `Щедрое вознаграждение для постоянных № ${at}`]));

const reward = (at: number) => ({ id: idOf(at), name: named(at), about: named(at), cost: 100 + at, validDays: 30 });

function much(): Rules {
  const base = presetRules('shop', { currency: 'EUR', language: 'en' });
  return {
    ...base,
    pendingDays: 0,
    welcome: 100_000,
    categories: numbers(12).map((at) => ({ id: idOf(at), name: named(at) })),
    bonuses: numbers(12).map((at) => ({
      id: idOf(at),
      percent: 1000,
      priority: at,
      stack: true,
      when: { days: ['mon', 'sat'] },
    })),
    tiers: {
      by: 'money',
      windowMonths: 12,
      graceDays: 30,
      warnDays: 30,
      levels: numbers(6).map((at) => ({
        id: idOf(at),
        name: `Постоянный гость номер ${at}`,
        from: at * 10_000,
        discountPercent: 500,
      })),
    },
    rewards: [
      ...numbers(30).map((at) => ({ ...reward(at), kind: 'money' as const, amountMinor: 500 })),
      ...numbers(8).map((at) => ({ ...reward(40 + at), kind: 'event' as const, at: '2026-12-24T16:00:00.000Z', places: 20 })),
      { ...reward(50), kind: 'gift_card', amountMinor: 2000 },
    ],
    stamps: numbers(5).map((at) => ({
      id: idOf(at),
      name: named(at),
      of: 10,
      reward: idOf(at),
      per: { kind: 'item', categories: numbers(12).map(idOf) },
    })),
    discounts: numbers(8).map((at) => ({ id: idOf(at), percent: 500, kind: 'regular', purchases: 5, withinDays: 30 })),
    shops: numbers(12).map((at) => ({
      id: idOf(at),
      name: `Магазин на длинной улице, дом ${at}`,
      address: 'Длинная улица, дом 1',
    })),
  };
}

let anna: Talker;
let code: string;
let coupon: string;

beforeAll(async () => {
  await publishRules(contextOf(db, shop.clock.now), { rules: much(), startsAt: shop.clock.now });
  anna = shop.person('anna', 'Анна-Мария Константинопольская-Петропавловская');
  await anna.says('join');
  code = codeOn(await anna.says('card'));
  for (const at of numbers(4)) {
    const taken = await anna.presses(await anna.says(`redeem ${idOf(at)}`), /^Yes/);
    coupon = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(plainText(taken))?.[0] ?? '';
  }
  await olga.says('join');
  for (const person of [ben, olga]) await person.presses(await person.says('shop'), /дом 1$/);
  for (const at of numbers(8)) await ben.presses(await ben.says(`credit ${code} 1${at} R-${at}`), /^Give/);
});

/** What is wrong with a view where it is shown; nothing when it fits as it is. */
function problemsOf(view: View): string[] {
  const { form, file, ...step } = view;
  const text = plainOf(view);
  const message = renderMessage(step, {});
  const origin = { place: 'direct' } as const;
  const files = () => 'ready' as const;
  expect(() => render(view)).not.toThrow();
  const shown = JSON.stringify(message.blocks);
  return [
    ...(text.length > (view.image || file ? captionUnits : textUnits) ? [`${text.length} characters are cut by Telegram`] : []),
    ...checkBlocks(message.blocks, 'message', files),
    ...(shown.includes('"type":"context","elements":[{"type":"plain_text","text":"…"') ? ['Slack shows a part of it'] : []),
    ...(form ? checkView(renderForm(view, form, origin), 'modal', files) : []),
    ...checkView(renderStep(step, view.title ?? 'Regulars', origin), 'modal', files),
    ...(/\{\{|undefined|NaN|\[object|\b[a-z]+:[a-z_]+\./.test(plainText(view)) ? ['a key or a hole instead of words'] : []),
    ...(view.buttons ?? []).flat().flatMap(({ label }) => (/^[a-z_]+[.:][a-z_.]+$/.test(label) ? [`the button ${label}`] : [])),
  ];
}

/** Opens what can be opened without changing anything, and what is asked first of everything else. */
async function walk(person: Talker, deep: boolean, more: readonly string[] = []): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const seen = new Set<string>();
  const look = async (said: string, levels: number): Promise<void> => {
    if (seen.has(said)) return;
    seen.add(said);
    const view = await person.says(said.startsWith('/') ? said : `/${said}`);
    const problems = problemsOf(view);
    if (problems.length > 0) found[said] = problems;
    if (levels === 0) return;
    for (const button of view.buttons?.flat() ?? []) {
      if (!('does' in button) || button.does.startsWith('~')) continue;
      const name = shop.kernel.words.command(button.does)?.name ?? '';
      const command = commands.find((one) => one.name === name);
      if (command?.reads) await look(button.does, levels - 1);
    }
  };
  for (const { name, reads, asks } of commands) {
    const asksFirst = asks?.some(({ optional }) => !optional) ?? false;
    if (reads || asksFirst) await look(`/${name}`, deep ? 2 : 1);
  }
  for (const said of more) await look(said, deep ? 1 : 0);
  await person.says('/cancel');
  // Everything a command that asks or reads can begin with, at the least.
  expect(seen.size).toBeGreaterThan(50 + more.length);
  return found;
}

describe.each(languages)('in %s', (language) => {
  test('every question and every answer fits', { timeout: 60_000 }, async () => {
    const deep = language === 'ru';
    for (const person of [olga, ben, anna]) await person.says(`/language ${language}`);
    const counter = [`member ${code}`, `credit ${code}`, `credit ${code} 25`, `credit ${code} 25 - ${idOf(0)} 2, ${idOf(11)}`];
    expect(coupon).not.toBe('');
    const later = [`guests ${idOf(40)}`, `stamp ${code}`, 'refund R-1', 'refund R-1 5', `pay ${code} 20`, `use ${coupon}`];
    expect(await walk(ben, false, [...counter, ...later])).toEqual({});
    const rules = ['bonuses', 'tiers', 'rewards', 'stamps', 'discounts'].flatMap((part) => [part, `${part}.${idOf(5)}`]);
    const changes = [`program set rewards.${idOf(5)}.cost`, `program set rewards.${idOf(5)}.cost 999`, 'program preset cafe'];
    const owner = [...rules.map((at) => `program change ${at}`), ...changes, `tier ${code} ${idOf(5)}`, 'report team Ben'];
    expect(await walk(olga, deep, owner)).toEqual({});
    expect(await walk(anna, deep, [`redeem ${idOf(5)}`, `seat ${idOf(41)}`, `coupons ${coupon}`])).toEqual({});
    expect(await walk(shop.person(`stranger-${language}`, 'Sam', language), false)).toEqual({});
  });

  test('so does the menu', () => {
    const menu = menuOf(commands, shop.kernel.words.say(language));
    expect(commandsOf(menu).map(({ description }) => description)).toEqual(menu.map(({ about }) => about));
  });
});

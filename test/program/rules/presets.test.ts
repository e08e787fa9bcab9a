import { expect, test } from 'vitest';
import { minorPerUnit } from '../../../src/program/money.ts';
import { checkRules } from '../../../src/program/rules/check.ts';
import { readProgram, writeProgram } from '../../../src/program/rules/file.ts';
import { presetNames, presetRules } from '../../../src/program/rules/presets.ts';
import { languages } from '../../../src/program/rules/problem.ts';

const currencies = Intl.supportedValuesOf('currency');

test('every ready-made program is right in every currency and language', () => {
  expect(presetNames).toEqual(['cafe', 'shop', 'salon', 'club']);
  expect(currencies.length).toBeGreaterThan(100);
  for (const name of presetNames)
    for (const currency of currencies) {
      const language = languages[currencies.indexOf(currency) % languages.length] ?? 'en';
      const frame = { currency, timeZone: 'UTC', language };
      expect(checkRules(presetRules(name, frame), frame), `${name} in ${currency}`).toEqual([]);
    }
});

test.each(languages)(
  'speaks all languages, and names tiers in the shop’s own (%s); written and read it stays the same',
  (language) => {
    for (const name of presetNames)
      for (const currency of ['EUR', 'JPY', 'KWD', 'IDR']) {
        const frame = { currency, timeZone: 'Europe/Helsinki', language };
        const rules = presetRules(name, frame);
        expect(
          readProgram(
            writeProgram(rules, frame, (section) => section),
            frame,
          ),
        ).toEqual({ rules, problems: [] });
        for (const { name: texts, about } of rules.rewards)
          for (const each of [texts, about ?? texts]) expect(Object.keys(each).toSorted()).toEqual([...languages].toSorted());
        const latin = /^[\p{Script=Latin}\s]+$/u;
        for (const tier of rules.tiers?.levels ?? [])
          expect(latin.test(tier.name), tier.name).toBe(language !== 'ru' && language !== 'bg');
      }
  },
);

test('amounts are what such a shop would write', () => {
  const of = (currency: string) => {
    const { pay, tiers, earn } = presetRules('shop', { currency, language: 'en' });
    const [rule] = earn;
    const unit = minorPerUnit(currency);
    return [
      rule?.kind === 'money' ? rule.perMinor / unit : 0,
      (pay?.worthMinor ?? 0) / unit,
      (tiers?.levels[1]?.from ?? 0) / unit,
    ];
  };
  expect(of('EUR')).toEqual([1, 1, 300]);
  expect(of('JPY')).toEqual([100, 100, 30_000]);
  expect(of('RUB')).toEqual([100, 100, 30_000]);
  expect(of('KWD')).toEqual([1, 1, 300]);
});

test('each does what its name says', () => {
  const [cafe, shop, salon, club] = presetNames.map((name) => presetRules(name, { currency: 'EUR', language: 'en' }));
  expect(cafe?.stamps).toHaveLength(1);
  expect(cafe?.earn[0]?.kind).toBe('money');
  expect(shop?.pay).toBeDefined();
  expect(shop?.tiers?.levels).toHaveLength(3);
  expect(salon?.earn[0]?.kind).toBe('visit');
  expect(salon?.birthday).toBeDefined();
  expect(club?.joining).toBe('invited');
});

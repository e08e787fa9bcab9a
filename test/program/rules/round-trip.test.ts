import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRules } from '../../../src/program/rules/check.ts';
import { exampleRules } from '../../../src/program/rules/example.ts';
import { changedSections, readProgram, writeProgram } from '../../../src/program/rules/file.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { anyFrame, anyRules } from './any-rules.ts';

const about = (section: string): string => `What ${section} is.\nOn: two lines # and - more`;
const euro = { currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };

test('any right rules, written and read, are the same rules', () => {
  const shops = anyFrame.chain((frame) => fc.record({ frame: fc.constant(frame), rules: anyRules(frame.language) }));
  fc.assert(
    fc.property(shops, ({ frame, rules }) => {
      expect(checkRules(rules, frame)).toEqual([]);
      const read = readProgram(writeProgram(rules, frame, about), frame);
      expect(read).toEqual({ rules, problems: [] });
      expect(changedSections(rules, read.rules as Rules)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('the order in which keys were kept does not matter: the file reads from the most to the least important', () => {
  const backwards = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(backwards)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .map(([key, one]): [string, unknown] => [key, backwards(one)])
              .reverse(),
          )
        : value;
  const rules = exampleRules(euro);
  expect(writeProgram(backwards(rules) as Rules, euro, about)).toBe(writeProgram(rules, euro, about));
});

test('what is not used stands there as an example, which is right when it is uncommented', () => {
  const written = writeProgram(plainRules(100), euro, about);
  expect(written).toContain('\n#stamps:\n#  - id: coffee-card\n');
  expect(written).toContain('\n# What stamps is. On: two lines # and - more\n');
  const uncommented = written.replace(/^#(?! \S)/gm, '');
  const read = readProgram(uncommented, euro);
  expect(uncommented).toContain('\nstamps:\n');
  expect(read.problems).toEqual([]);
  expect(read.rules).toEqual({ ...exampleRules(euro), expiry: { policy: 'never' } });
});

test('money, percents and moments are written as people write them', () => {
  const rules: Rules = {
    ...plainRules(100),
    earn: [{ id: 'base', kind: 'money', points: 3, perMinor: 1250, carry: false }],
    pay: { points: 100, worthMinor: 5, sharePercent: 1250, earnOn: 'bill' },
    rewards: [
      { id: 'a', name: { en: 'A' }, cost: 1, kind: 'event', at: '2026-10-25T00:30:00.000Z', places: 2, validDays: 1 },
      { id: 'b', name: { en: 'B' }, cost: 1, kind: 'event', at: '2026-10-25T01:30:00.000Z', places: 2, validDays: 1 },
    ],
  };
  const written = writeProgram(rules, euro, about);
  for (const line of ['    per: 12.50', '    carry: no', '  worth: 0.05', '  share: 12.5'])
    expect(written).toContain(`${line}\n`);
  // The clocks go back: 3:30 is there twice.
  expect(written).toContain('    at: 2026-10-25 03:30\n');
  expect(written).toContain('    at: 2026-10-25 03:30+02:00\n');
  expect(readProgram(written, euro).rules).toEqual(rules);
  const yen = { ...euro, currency: 'JPY' };
  expect(writeProgram(rules, yen, about)).toContain('    per: 1250\n');
});

test('a short file is enough: what is left out is off', () => {
  const { rules } = readProgram('earn:\n  - { id: base, kind: money, points: 1, per: "1,00 €" }\n', euro);
  expect(rules).toEqual({ ...plainRules(100), welcome: 0 });
});

test('changed sections are named as in the file', () => {
  const before = plainRules(100);
  expect(changedSections(before, { ...before, pendingDays: 14, caps: { day: 5 } })).toEqual(['caps', 'pending_days']);
});

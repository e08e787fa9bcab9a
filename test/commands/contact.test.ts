import { expect, test } from 'vitest';
import { createWords } from '../../src/chat/words.ts';
import { contactSettings } from '../../src/commands/changing/contact-settings.ts';
import { contactText } from '../../src/commands/rules/contact-text.ts';
import { contactOf } from '../../src/program/attention/contact.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';

const shop = { name: 'Tea', currency: 'EUR', timeZone: 'UTC', language: 'en' };
const words = await createWords(shop);
const reader = { say: words.say('en'), shop, language: 'en' };
const now = new Date('2026-03-01T10:00:00Z');

/** The rules after one answer, as it is typed in chat. */
function answer(rules: Rules, path: string, typed: string): Rules {
  const desk = { rules, reader, now };
  const found = contactSettings().find((one) => one.path === path);
  if (!found) throw new Error(`no setting ${path}`);
  return found.apply(found.read(typed, desk), desk);
}

test('how people are written to is changed answer by answer, and said in sentences', () => {
  const plain = plainRules(100);
  expect(contactText(plain, reader, 'owner')).toEqual([]);
  let rules = answer(plain, 'contact.week', '3');
  rules = answer(rules, 'contact.quiet', '22-8.30');
  rules = answer(rules, 'contact.above.coupons', '100');
  rules = answer(rules, 'contact.above.minor', '500');
  rules = answer(rules, 'contact.keep.messages', '60');
  expect(rules.contact).toEqual({
    perWeek: 3,
    quiet: { from: '22:00', until: '08:30' },
    approveAbove: { coupons: 100, minor: 50_000 },
    keep: { messagesDays: 60 },
  });
  expect(contactOf(rules).keep.campaignsDays).toBe(400);
  expect(contactText(rules, reader, 'owner')).toEqual([
    'You hear from us with offers at most 3 times a week.',
    'Between 22:00 and 08:30 of your own day we leave you in peace.',
    'A second owner must agree to a broadcast that may give more than: 100 coupons, €500.00 in value.',
    'Sent messages are forgotten after 60 days.',
    'Those of broadcasts after 400 days; the figures stay.',
  ]);
  expect(contactText(rules, reader, 'anyone')).toHaveLength(2);
});

test('quiet hours and limits can be taken away, nonsense is refused', () => {
  const loud = answer(answer(plainRules(100), 'contact.quiet', 'none'), 'contact.week', '0');
  expect(contactText(loud, reader, 'anyone')).toEqual(["We don't send offers.", 'There are no quiet hours.']);
  const limited = answer(loud, 'contact.above.points', '5000');
  expect(contactText(limited, reader, 'owner')[2]).toMatch(/5.?000 points/);
  expect(answer(limited, 'contact.above.points', 'none').contact?.approveAbove).toBeUndefined();
  for (const [path, typed] of [
    ['contact.week', '51'],
    ['contact.quiet', '9-9'],
    ['contact.keep.messages', '29'],
  ] as const)
    expect(() => answer(loud, path, typed)).toThrow(Refusal);
});

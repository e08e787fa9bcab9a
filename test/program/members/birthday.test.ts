import { expect, it } from 'vitest';
import { readBirthday, shownBirthday } from '../../../src/program/members/birthday.ts';
import { phoneIn } from '../../../src/program/members/phone.ts';
import { Refusal } from '../../../src/program/refusal.ts';

it('reads a birthday as people write it, in every language', () => {
  const days: Record<string, string> = {
    '24.12.': '12-24',
    '24.12': '12-24',
    '24/12': '12-24',
    '5 6': '06-05',
    '12/24': '12-24',
    '24.12.1990': '12-24',
    '24 December': '12-24',
    'December 24': '12-24',
    'Dec 24th': '12-24',
    '24 декабря': '12-24',
    '24 декември': '12-24',
    '24. joulukuuta': '12-24',
    '24 grudnia': '12-24',
    '3 мая': '05-03',
    '3 maja': '05-03',
    '1990-02-28': '02-28',
    '29.2.': '02-29',
  };
  for (const [typed, day] of Object.entries(days)) expect([typed, readBirthday(typed)]).toEqual([typed, day]);
  for (const language of ['en', 'ru', 'bg', 'fi', 'pl'])
    for (let month = 1; month <= 12; month++) {
      const day = `${String(month).padStart(2, '0')}-07`;
      expect(readBirthday(shownBirthday(day, language))).toBe(day);
    }
  for (const wrong of ['31.2.', '30.2.', '31.4', '0.5.', '13.13.', 'tomorrow', '24', 'May', '', '24.12.90.1'])
    expect(() => readBirthday(wrong), wrong).toThrow(Refusal);
});

it('reads a phone number with its country, and nothing else', () => {
  expect(phoneIn('+358 40 123-4567')).toBe('+358401234567');
  expect(phoneIn('00359 (88) 812 34 56')).toBe('+359888123456');
  for (const wrong of ['0401234567', 'K7Q2-9XMP-5', '12345678', '+12', '+1234567890123456', '+0401234567', ''])
    expect(phoneIn(wrong)).toBeUndefined();
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plainText, type View } from '../src/chat/view.ts';
import { createWords } from '../src/chat/words.ts';
import { notices } from '../src/notices/index.ts';

const words = await createWords({ currency: 'EUR', timeZone: 'UTC', language: 'en' });
const say = words.say('en');
const movement = { sale: 17, points: 12, balance: 22, amountMinor: 1250, currency: 'EUR', receipt: '#17' };

const render = (name: string, params: Record<string, unknown>): View => {
  const notice = notices.get(name);
  if (!notice) throw new Error(`no notice ${name}`);
  return notice.render(params, say);
};
const text = (name: string, params: Record<string, unknown>) => plainText(render(name, params));
const presses = (view: View) => view.buttons?.flat().map((button) => ('does' in button ? button.does : button));

describe('notices', () => {
  test('every notice is found by its own name', () => {
    expect([...notices.keys()].toSorted()).toEqual([
      ...['approval-asked', 'approval-decided', 'campaign-decided', 'coupon-given', 'coupon-used', 'coupon-voided', 'credited'],
      ...['gift-spent', 'gift-taken', 'identity-joined', 'identity-linked', 'identity-parted', 'identity-staff-claimed'],
      ...[
        'identity-staff-linked',
        'limit-passed',
        'pay-ask',
        'pay-declined',
        'pay-done',
        'pay-over',
        'pay-unanswered',
        'refunded',
      ],
      ...['released', 'seat-given', 'seat-missed', 'stamped', 'team-joined', 'team-removed', 'tier-changed'],
      ...['undone', 'welcome'],
    ]);
    for (const [name, notice] of notices) expect(notice.name).toBe(name);
  });

  test('credited says points, money, balance and receipt', () => {
    expect(text('credited', movement)).toBe(
      '+12 points\n\nThank you for your purchase of €12.50.\n\nBalance: 22 points\nReceipt: #17',
    );
    expect(presses(render('credited', movement))).toEqual(['balance', 'why']);
  });

  test('credited is said whatever became of levels and stamps', () => {
    for (const outcome of [null, {}, { tier: null }, { tier: { tier: 'silver' } }, { stamps: [] }]) {
      expect(text('credited', { ...movement, outcome }), JSON.stringify(outcome)).toContain('+12 points');
      expect(text('undone', { ...movement, owed: 0, outcome }), JSON.stringify(outcome)).toContain('12 points went with it');
    }
  });

  test('one point is one point, and none is not promised', () => {
    expect(text('credited', { ...movement, points: 1, balance: 1 })).toContain('+1 point\n');
    expect(text('credited', { ...movement, points: 1, balance: 1 })).toContain('Balance: 1 point\n');
    expect(text('credited', { ...movement, points: 0, amountMinor: 60 })).toMatch(/noted.*€0\.60.*towards your next point/s);
  });

  test('undone explains what was taken and what is owed', () => {
    expect(text('undone', { ...movement, owed: 0 })).toContain('12 points went with it.\n\nBalance');
    expect(text('undone', { ...movement, points: 1, owed: 11, balance: 0 })).toMatch(
      /1 point went with it\.\n11 points of it .*Nothing to pay/,
    );
    expect(text('undone', { ...movement, points: 0, owed: 1 })).toMatch(/was cancelled\.\n1 point of it/);
    expect(text('undone', { ...movement, points: 0, owed: 0 })).toContain('Your points stay as they are.');
  });

  test('refunded says how much of which purchase, what was taken and what is owed', () => {
    const part = { ...movement, points: 5, owed: 0, amountMinor: 500, paidMinor: 1250, balance: 17 };
    expect(text('refunded', part)).toBe(
      'Part of a purchase was refunded\n\n€5.00 of your purchase of €12.50 was refunded; 5 points went with it.\n\nBalance: 17 points\nReceipt: #17',
    );
    expect(text('refunded', { ...part, points: 1, owed: 4 })).toMatch(
      /; 1 point went with it\.\n4 points of it .*Nothing to pay/,
    );
    expect(text('refunded', { ...part, points: 0, owed: 5 })).toMatch(/was refunded\.\n5 points of it/);
    expect(text('refunded', { ...part, points: 0 })).toContain('Your points stay as they are.');
  });

  test('the inviter learns who has joined as what', () => {
    expect(text('team-joined', { person: 3, name: 'Олена <b>', role: 'staff' })).toBe(
      'Олена <b> has joined the team\n\nThey can credit points now.',
    );
    expect(text('team-joined', { person: 3, name: null, role: 'owner' })).toMatch(
      /^Your invitation was accepted\n\nThey are an owner/,
    );
    expect(presses(render('team-joined', { name: 'x', role: 'staff' }))).toEqual(['team']);
  });

  test('who no longer works here is told what next', () => {
    expect(text('team-removed', {})).toContain('no longer');
    expect(presses(render('team-removed', {}))).toEqual(['help']);
  });

  test('parameters that do not fit are not painted', () => {
    expect(() => render('credited', { ...movement, points: -1 })).toThrow();
    expect(() => render('undone', movement)).toThrow();
    expect(() => render('team-joined', { name: 'x', role: 'king' })).toThrow();
  });

  test('every English sentence is used, and none holds markup', () => {
    const sources = ['welcome', 'credited', 'movement', 'undone', 'refunded', 'team-joined', 'team-removed']
      .map((name) => readFileSync(new URL(`../src/notices/${name}.ts`, import.meta.url), 'utf8'))
      .join('\n');
    const used = new Set([...sources.matchAll(/notices:([\w.]+)/g)].map((match) => match[1]));
    for (const role of ['staff', 'owner']) used.add(`team_joined.${role}`);
    const english = JSON.parse(readFileSync(new URL('../locales/en/notices.json', import.meta.url), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const written = Object.entries(english).flatMap(([group, sentences]) =>
      Object.entries(sentences).map(([key, sentence]) => ({ key: `${group}.${key.replace(/_(one|other)$/, '')}`, sentence })),
    );
    expect(written.filter(({ key }) => !used.has(key))).toEqual([]);
    expect([...used].filter((key) => !key?.endsWith('.') && !written.some((it) => it.key === key))).toEqual([]);
    expect(written.filter(({ sentence }) => /[<>*_`]/.test(sentence))).toEqual([]);
  });
});

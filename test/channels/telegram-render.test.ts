import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '../../src/channels/telegram/cut.ts';
import { render } from '../../src/channels/telegram/render.ts';
import type { View } from '../../src/chat/view.ts';
import { checkCaption, checkKeyboard, checkText, type Entity } from '../support/fake-telegram/content.ts';
import { smallPng } from './contract.ts';

const image = { png: smallPng(1), alt: 'card' };
/** The stretches of a text that carry a style. */
const styled = ({ text, entities }: { text: string; entities: readonly Entity[] }) =>
  entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);

describe('text', () => {
  test('title bold, values bold, footer italic, in this order', () => {
    const painted = render({
      title: 'Anna',
      body: 'Your card',
      facts: [
        ['Points', '120'],
        ['Since', '1 May'],
      ],
      footer: 'Show it',
    });
    expect(painted.text).toBe('Anna\n\nYour card\n\nPoints: 120\nSince: 1 May\n\nShow it');
    expect(styled(painted)).toEqual([
      ['bold', 'Anna'],
      ['bold', '120'],
      ['bold', '1 May'],
      ['italic', 'Show it'],
    ]);
  });

  test('offsets count UTF-16 units', () => {
    const painted = render({ title: '👩‍👩‍👧 Ann', facts: [['🙂', '5']] });
    expect(styled(painted)).toEqual([
      ['bold', '👩‍👩‍👧 Ann'],
      ['bold', '5'],
    ]);
  });

  test('a member code is code wherever it stands, and splits the style around it', () => {
    const painted = render({ title: 'Card K7Q2-9XMP-4 of Anna', body: 'Say K7Q2-9XMP-4.', facts: [['Code', 'K7Q2-9XMP-4']] });
    expect(styled(painted)).toEqual([
      ['bold', 'Card '],
      ['code', 'K7Q2-9XMP-4'],
      ['bold', ' of Anna'],
      ['code', 'K7Q2-9XMP-4'],
      ['code', 'K7Q2-9XMP-4'],
    ]);
  });

  test.each(['XK7Q2-9XMP-4', 'K7Q2-9XMP-45', '2026-1107-2-1', 'k7q2-9xmp-4', 'KIQ2-9XMP-4'])('%s is no member code', (text) => {
    expect(render({ body: text }).entities).toEqual([]);
  });

  test('half a character becomes a replacement character', () => {
    expect(render({ body: 'a\uD83D b' }).text).toBe('a\uFFFD b');
  });

  test('empty parts leave no gap', () => {
    expect(render({ title: ' ', body: 'Only this', facts: [], footer: '' }).text).toBe('Only this');
  });

  test('a view without anything to see fails loudly', () => {
    expect(() => render({ title: '  ', buttons: [[{ label: 'Go', does: 'go' }]] })).toThrow(RangeError);
    expect(render({ image }).text).toBe('');
  });
});

describe('too long', () => {
  test('the body is cut after a word; what stands around it stays', () => {
    const painted = render({ title: 'Rules', body: 'lorem ipsum '.repeat(1000), footer: 'The shop' });
    expect(painted.text.length).toBeLessThanOrEqual(4096);
    expect(painted.text.length).toBeGreaterThan(4000);
    expect(painted.text).toMatch(/^Rules\n\nlorem .*(lorem|ipsum)…\n\nThe shop$/s);
  });

  test('under a picture 1024 are left', () => {
    const painted = render({ title: 'Card', body: 'x'.repeat(5000), image });
    expect(painted.text).toHaveLength(1024);
    expect(painted.text.endsWith('x…')).toBe(true);
  });

  test('too many facts are cut at the end', () => {
    const facts = Array.from({ length: 500 }, (_, index) => [`Day ${index}`, '+10 points'] as const);
    const painted = render({ title: 'History', body: 'Long', facts });
    expect(painted.text.length).toBeLessThanOrEqual(4096);
    expect(painted.entities).toHaveLength(100);
    expect(painted.text).toContain('Day 0: +10 points');
  });

  test.each([
    ['short', 10, 'short'],
    ['one two three', 9, 'one two…'],
    ['abcdefghij', 5, 'abcd…'],
    ['ab👩‍👩‍👧‍👦cd', 6, 'ab…'],
    ['é́'.repeat(4), 6, `${'é́'.repeat(Math.floor(5 / 'é́'.length))}…`],
    ['anything', 0, ''],
  ])('%j in %i is %j', (text, units, expected) => {
    expect(cut(text, units)).toBe(expected);
  });

  test('a cut text is never longer than allowed, a beginning of the text, and well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, units) => {
        const short = cut(text, units);
        expect(short.length).toBeLessThanOrEqual(Math.max(units, 1));
        if (short !== text) expect(text.startsWith(short.slice(0, -1))).toBe(true);
        expect(short).not.toMatch(/[\uD800-\uDFFF]/u);
      }),
    );
  });
});

describe('buttons', () => {
  test('what they do, open, copy, and how they look', () => {
    const { keyboard } = render({
      body: 'Choose',
      buttons: [
        [
          { label: 'Yes', does: 'yes', style: 'primary' },
          { label: 'No', does: 'no', style: 'danger' },
        ],
        [
          { label: 'Rules', url: 'https://example.org/' },
          { label: 'Code', copy: 'K7Q2-9XMP-4' },
        ],
      ],
    });
    expect(keyboard).toEqual([
      [
        { text: 'Yes', callback_data: 'yes', style: 'primary' },
        { text: 'No', callback_data: 'no', style: 'danger' },
      ],
      [
        { text: 'Rules', url: 'https://example.org/' },
        { text: 'Code', copy_text: { text: 'K7Q2-9XMP-4' } },
      ],
    ]);
  });

  test('64 bytes pass, more throw; also in other alphabets', () => {
    const withDoes = (does: string) => () => render({ body: 'Press', buttons: [[{ label: 'Go', does }]] });
    expect(withDoes('я'.repeat(32))).not.toThrow();
    expect(withDoes(`${'я'.repeat(32)}!`)).toThrow(/65/);
    expect(withDoes('')).toThrow(RangeError);
  });

  test('long labels are cut, empty ones throw, long rows are broken, too many throw', () => {
    const buttons = (count: number) => [Array.from({ length: count }, (_, index) => ({ label: `${index}`, does: `${index}` }))];
    expect(
      render({ body: 'x', buttons: [[{ label: 'word '.repeat(50), does: 'x' }]] }).keyboard[0]?.[0]?.text.length,
    ).toBeLessThanOrEqual(64);
    expect(() => render({ body: 'x', buttons: [[{ label: ' ', does: 'x' }]] })).toThrow(RangeError);
    expect(render({ body: 'x', buttons: buttons(10) }).keyboard.map((row) => row.length)).toEqual([8, 2]);
    expect(() => render({ body: 'x', buttons: buttons(101) })).toThrow(RangeError);
    expect(() => render({ body: 'x', buttons: [[{ label: 'Copy', copy: 'x'.repeat(257) }]] })).toThrow(RangeError);
  });
});

test('whatever people write, the strict messenger takes it', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 2000 }),
    fc.constant('a K7Q2-9XMP-4 b'),
  );
  const views = fc.record(
    {
      title: words,
      body: words,
      facts: fc.array(fc.tuple(words, words), { maxLength: 60 }),
      footer: words,
      image: fc.constant(image),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(views, (parts) => {
      const view: View = { ...parts, body: `It says: ${parts.body ?? ''}` };
      const { text, entities, keyboard } = render(view);
      if (view.image) checkCaption(text, entities);
      else checkText(text, entities);
      checkKeyboard({ inline_keyboard: keyboard });
    }),
    { numRuns: 150 },
  );
});

import { describe, expect, test } from 'vitest';
import { limits } from '../../src/channels/slack/limits.ts';
import { cut, escapeText, pieces, typedText } from '../../src/channels/slack/literal.ts';
import { readMeta, renderForm, renderHome, renderStep } from '../../src/channels/slack/modal.ts';
import { renderMessage } from '../../src/channels/slack/render.ts';
import type { Form, View } from '../../src/chat/view.ts';
import { checkBlocks, checkView } from '../support/fake-slack/blocks.ts';

const ready = () => 'ready' as const;
const missing = () => 'missing' as const;
const origin = { place: 'direct' } as const;

describe('a message', () => {
  test('every part has its block, in reading order', () => {
    const view: View = {
      title: 'Card',
      body: 'Hello',
      facts: [['Points', '12']],
      image: { png: new Uint8Array(), alt: 'the card' },
      buttons: [
        [
          { label: 'More', does: 'history', style: 'primary' },
          { label: 'Rules', url: 'https://example.org' },
        ],
        [{ label: 'Code', copy: 'K7Q2' }],
      ],
      footer: 'Bean Street',
    };
    const { blocks, text } = renderMessage(view, { fileId: 'F012345678' });
    expect(blocks).toEqual([
      { type: 'header', text: { type: 'plain_text', text: 'Card', emoji: false } },
      { type: 'image', slack_file: { id: 'F012345678' }, alt_text: 'the card' },
      { type: 'section', text: { type: 'plain_text', text: 'Hello', emoji: false } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Points*\n12', verbatim: true }] },
      { type: 'section', text: { type: 'plain_text', text: 'Code: K7Q2', emoji: false } },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: 'does-0',
            text: { type: 'plain_text', text: 'More', emoji: false },
            value: 'history',
            style: 'primary',
          },
          {
            type: 'button',
            action_id: 'opens-1',
            text: { type: 'plain_text', text: 'Rules', emoji: false },
            url: 'https://example.org',
          },
        ],
      },
      { type: 'context', elements: [{ type: 'plain_text', text: 'Bean Street', emoji: false }] },
    ]);
    expect(text).toBe('Card\n\nHello\n\nPoints: 12\n\nBean Street');
  });

  test('without a file the picture is its description', () => {
    const { blocks } = renderMessage({ image: { png: new Uint8Array(), alt: 'the card' } });
    expect(blocks).toEqual([{ type: 'section', text: { type: 'plain_text', text: 'the card', emoji: false } }]);
  });

  test('what a person wrote is escaped once where mrkdwn is read, and nowhere else', () => {
    const { blocks, text } = renderMessage({ title: '<!channel> & co', facts: [['Who', '<@U1> &lt; <https://a.b|x>']] });
    expect(text).toContain('&lt;!channel&gt; &amp; co');
    expect(JSON.stringify(blocks)).toContain('"text":"<!channel> & co"');
    expect(JSON.stringify(blocks)).toContain('*Who*\\n&lt;@U1&gt; &amp;lt; &lt;https://a.b|x&gt;');
  });

  test.each(['*stars*', '_lines_', '~waves~', '`code`', ':smile:', '> quote'])('mrkdwn never formats a fact: %s', (value) => {
    const { blocks } = renderMessage({ facts: [['Name', value]] });
    expect(blocks[0]).toEqual({ type: 'section', fields: [{ type: 'plain_text', text: `Name\n${value}`, emoji: false }] });
  });

  test('whatever its size, Slack takes it, and the title and buttons stay', () => {
    const long = 'слово 🙂 & <b> '.repeat(1000);
    const view: View = {
      title: long,
      body: long.repeat(10),
      facts: Array.from({ length: 300 }, (_, index) => [`${index} ${long.slice(0, 3000)}`, long] as const),
      footer: long,
      image: { png: new Uint8Array(), alt: long },
      buttons: Array.from({ length: 60 }, (_, index) => [{ label: `${index} ${long}`, does: `press ${index}` }]),
    };
    const { blocks, text } = renderMessage(view, { fileId: 'F012345678' });
    expect(checkBlocks(blocks, 'message', ready)).toEqual([]);
    expect(blocks).toHaveLength(limits.messageBlocks);
    expect(blocks[0]?.type).toBe('header');
    expect(blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))).toHaveLength(60);
    expect(JSON.stringify(blocks.at(-5))).toContain('…');
    expect(text.length).toBeLessThanOrEqual(limits.fallbackText);
  });

  test('a text of 10 kB is whole, over several sections', () => {
    const body = Array.from({ length: 1500 }, (_, index) => `w${index}`).join(' ');
    const { blocks } = renderMessage({ body });
    const words = blocks.map((block) => (block.type === 'section' ? block.text?.text : '')).join(' ');
    expect(blocks.length).toBeGreaterThan(2);
    expect(words).toBe(body);
  });

  test('a button carries at most 64 bytes, and something', () => {
    const withDoes = (does: string): View => ({ title: 'T', buttons: [[{ label: 'Go', does }]] });
    expect(renderMessage(withDoes('x'.repeat(64))).blocks).toHaveLength(2);
    expect(() => renderMessage(withDoes('x'.repeat(65)))).toThrow('64 bytes');
    expect(() => renderMessage(withDoes('x'.repeat(2001)))).toThrow('64 bytes');
    expect(() => renderMessage(withDoes(''))).toThrow('64 bytes');
    expect(() => renderMessage({ buttons: [[{ label: 'Go', url: `https://a.b/${'x'.repeat(3000)}` }]] })).toThrow('3000');
  });

  test('a view without content is refused, not sent empty', () => {
    expect(() => renderMessage({ menu: [] })).toThrow('without any content');
  });

  test('a missing file is what the double refuses', () => {
    const { blocks } = renderMessage({ image: { png: new Uint8Array(), alt: 'card' } }, { fileId: 'F012345678' });
    expect(checkBlocks(blocks, 'message', missing)).toEqual(['invalid slack file [json-pointer:/blocks/0/slack_file]']);
  });
});

describe('a modal', () => {
  const form: Form = {
    title: 'Credit points for a purchase',
    submit: 'Go on to the confirmation page',
    starts: 'credit',
    fields: [
      { name: 'member', label: 'Member', hint: 'Code or mention', optional: false },
      { name: 'shop', label: 'Shop', optional: true, choices: [{ label: 'Main street', value: 'main' }] },
    ],
  };

  test('a form is valid for Slack and knows what it stands for', () => {
    const modal = renderForm({ title: 'Credit', facts: [['Shop', 'Main']], body: 'Who?', form }, form, origin);
    expect(checkView(modal, 'modal', ready)).toEqual([]);
    expect(modal.title.text).toBe('Credit points for a pur…');
    expect(modal.submit?.text).toHaveLength(24);
    expect(readMeta(modal.private_metadata ?? '')).toMatchObject({
      starts: 'credit',
      fields: ['member', 'shop'],
      cancel: 'cancel',
      origin,
    });
    expect(modal.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'input', 'input']);
  });

  test('a choice that Slack can not list whole is asked for in words', () => {
    const choices = Array.from({ length: 101 }, (_, index) => ({ label: `Shop ${index}`, value: `${index}` }));
    const modal = renderForm({}, { ...form, fields: [{ name: 'shop', label: 'Shop', optional: false, choices }] }, origin);
    expect(checkView(modal, 'modal', ready)).toEqual([]);
    expect(modal.blocks[0]).toMatchObject({ element: { type: 'plain_text_input' } });
  });

  test('a form over the limit of the metadata is refused', () => {
    const fields = Array.from({ length: 90 }, (_, index) => ({
      name: `${'x'.repeat(60)}${index}`,
      label: 'Field',
      optional: true,
    }));
    expect(() => renderForm({}, { ...form, fields }, origin)).toThrow('too long');
  });

  test('the primary button is the modal’s own, the only other one its way out', () => {
    const view: View = {
      body: '12 points for Anna',
      buttons: [
        [
          { label: 'Yes', does: '~s yes', style: 'primary' },
          { label: 'No', does: '~s no' },
        ],
      ],
    };
    const modal = renderStep(view, 'Credit', origin);
    expect(checkView(modal, 'modal', ready)).toEqual([]);
    expect(modal).toMatchObject({ submit: { text: 'Yes' }, close: { text: 'No' }, notify_on_close: true });
    expect(readMeta(modal.private_metadata ?? '')).toMatchObject({ does: '~s yes', cancel: '~s no' });
    expect(modal.blocks.some(({ type }) => type === 'actions')).toBe(false);
  });

  test('further buttons stand in it, and without a primary one it is the last step', () => {
    const three: View = {
      body: 'Sure?',
      buttons: [
        [
          { label: 'Yes', does: 'y', style: 'primary' },
          { label: 'Later', does: 'l' },
          { label: 'No', does: 'n' },
        ],
      ],
    };
    expect(renderStep(three, 'Credit', origin).blocks.at(-1)).toMatchObject({
      type: 'actions',
      elements: [{ value: 'l' }, { value: 'n' }],
    });
    const done = renderStep({ body: 'Done', buttons: [[{ label: 'Undo', does: 'undo' }]] }, 'Credit', origin);
    expect(done.submit).toBeUndefined();
    expect(done.blocks.at(-1)).toMatchObject({ type: 'actions', elements: [{ value: 'undo' }] });
  });

  test('a home is valid for Slack', () => {
    expect(
      checkView(
        renderHome({ title: 'Anna', body: 'x'.repeat(9000), buttons: [[{ label: 'History', does: 'history' }]] }),
        'home',
        ready,
      ),
    ).toEqual([]);
  });

  test('metadata that is not ours is refused', () => {
    for (const text of ['', '{}', '[]', '{"title":1}']) expect(() => readMeta(text)).toThrow(SyntaxError);
  });
});

describe('texts', () => {
  test('cut and pieces never halve a character', () => {
    expect(cut('ab🙂cd', 4)).toBe('ab…');
    expect(cut('abcd', 4)).toBe('abcd');
    const found = pieces('🙂'.repeat(50), 7);
    expect(found.join('')).toBe('🙂'.repeat(50));
    for (const piece of found) expect(piece.length).toBeLessThanOrEqual(7);
  });

  test('escaping is for & < > only', () => {
    expect(escapeText('a & b < c > d "e" \'f\'')).toBe('a &amp; b &lt; c &gt; d "e" \'f\'');
  });

  test.each([
    ['credit <@U123|anna> 12', 'credit @U123 12'],
    ['<@U123>', '@U123'],
    ['<https://a.b|a.b> and <https://c.d>', 'a.b and https://c.d'],
    ['<mailto:a@b.c|a@b.c> <#C1|general> <!here> <!subteam^S1|@till>', 'a@b.c #general @here @till'],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;', '1 < 2 && 3 > 2, &lt;'],
  ])('what was typed: %s', (given, typed) => {
    expect(typedText(given)).toBe(typed);
  });
});

import { expect, test } from 'vitest';
import type { Address } from '../../../src/chat/inbound.ts';
import type { View } from '../../../src/chat/view.ts';
import type { Start } from './setup.ts';
import { digest, smallPng } from './small-png.ts';

const hostileTexts = [
  '<b>Bold</b> &amp; <i>Ann</i>',
  '<!channel> <@U012AB3CD> <https://evil.example|click>',
  '*stars* _lines_ ~waves~ `ticks` [link](https://evil.example)',
  'R\u202Eevil\u202C \u05D3\u05D5\u05D3',
  '👩‍👩‍👧‍👦 🇧🇬 emoji \u{1F9FF}',
];

/** Each kind of view arrives complete, whoever wrote its words. */
export function paintings(start: Start): void {
  test('every part of a text view, in reading order', async () => {
    const { channel, address, last } = await start();
    const ref = await channel.send(address, {
      title: 'The title',
      body: 'The body\nin two lines',
      facts: [
        ['First', '12'],
        ['Second', '34'],
      ],
      footer: 'The footer',
    });
    const message = await last();
    expect(message.id).toBe(ref.id);
    const places = ['The title', 'The body', 'in two lines', 'First', '12', 'Second', '34', 'The footer'].map((part) =>
      message.text.indexOf(part),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('a picture with its text and buttons', async () => {
    const { channel, address, last } = await start();
    const png = smallPng(40);
    await channel.send(address, {
      title: 'A card',
      body: 'Show it',
      image: { png, alt: 'card' },
      buttons: [[{ label: 'Later', does: 'later' }]],
    });
    const message = await last();
    expect(digest(message.image)).toBe(digest(png));
    expect(message.text).toContain('A card');
    expect(message.text).toContain('Show it');
    expect(message.buttons.map(({ label }) => label)).toEqual(['Later']);
  });

  test('the same picture twice, and another one', async () => {
    const { channel, address, seen } = await start();
    for (const shade of [80, 80, 81])
      await channel.send(address, { title: `shade ${shade}`, image: { png: smallPng(shade), alt: 'card' } });
    expect((await seen()).map(({ image }) => digest(image))).toEqual([80, 80, 81].map((shade) => digest(smallPng(shade))));
  });

  test('a file with its name', async () => {
    const { channel, address, last } = await start();
    const bytes = new TextEncoder().encode('{"points":12}\n');
    await channel.send(address, { title: 'Your data', file: { name: 'my data.json', bytes } });
    const message = await last();
    expect(message.file?.name).toBe('my data.json');
    expect(digest(message.file?.bytes)).toBe(digest(bytes));
    expect(message.text).toContain('Your data');
  });

  test('buttons of every kind, in their order', async () => {
    const { channel, address, last } = await start();
    await channel.send(address, {
      title: 'Choose',
      buttons: [
        [
          { label: 'Yes', does: 'yes', style: 'primary' },
          { label: 'No', does: 'no', style: 'danger' },
        ],
        [{ label: 'Read', url: 'https://example.org/rules?a=1&b=2' }],
        [{ label: 'Copy', copy: 'K7Q2-9XMP-4' }],
      ],
    });
    const { buttons, text } = await last();
    expect(buttons.map(({ label }) => label).filter((label) => label !== 'Copy')).toEqual(['Yes', 'No', 'Read']);
    expect(buttons.find(({ label }) => label === 'Read')?.url).toBe('https://example.org/rules?a=1&b=2');
    expect([...buttons.map(({ copy }) => copy), ...text.split(/\s+/)]).toContain('K7Q2-9XMP-4');
  });

  test('10 kB of text arrive cut, from the beginning, with the buttons', async () => {
    const { channel, address, last } = await start();
    const body = `START ${'слово 🙂 '.repeat(1000)}`;
    await channel.send(address, { title: 'Long', body, buttons: [[{ label: 'Next', does: 'next' }]] });
    const message = await last();
    expect(message.text).toContain('START слово 🙂');
    expect(message.text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect(message.buttons.map(({ label }) => label)).toEqual(['Next']);
  });

  test('10 kB of text under a picture', async () => {
    const { channel, address, last } = await start();
    await channel.send(address, { title: 'START', body: 'x'.repeat(10_000), image: { png: smallPng(7), alt: 'card' } });
    expect((await last()).text).toContain('START');
  });

  test.each(hostileTexts)('a person’s text is shown as it is: %s', async (text) => {
    const { channel, address, last } = await start();
    await channel.send(address, {
      title: text,
      body: `Hello, ${text}!`,
      facts: [[text, text]],
      footer: text,
      buttons: [[{ label: text, does: 'hello' }]],
    });
    const message = await last();
    expect(message.text.split(text).length - 1).toBe(5);
    expect(message.buttons.map(({ label }) => label)).toEqual([text]);
  });

  test('a home takes a view', async () => {
    const { channel, address } = await start();
    const home: Address = { ...address, home: true };
    const view: View = { title: 'Ann', facts: [['Points', '12']], menu: [{ name: 'balance', about: 'What you have' }] };
    const ref = await channel.send(home, view);
    expect(typeof ref.id).toBe('string');
    await expect(channel.send(home, view, ref)).resolves.toBeTruthy();
  });
}

import { expect, test } from 'vitest';
import type { View } from '../../../src/chat/view.ts';
import type { Start } from './setup.ts';
import { digest, smallPng } from './small-png.ts';

/** `send(…, replaces)`: in place where the messenger can, else below without leaving old buttons. */
export function replacements(start: Start): void {
  const question: View = { title: 'Sure?', buttons: [[{ label: 'Yes', does: 'yes' }]] };

  test('the new text stands where the old one was, or below it without the old buttons', async () => {
    const { channel, address, last, seen } = await start();
    const ref = await channel.send(address, question);
    const next = await channel.send(address, { title: 'Done' }, ref);
    const message = await last();
    expect(message.text).toContain('Done');
    expect(message.id).toBe(next.id);
    expect((await seen()).flatMap(({ buttons }) => buttons)).toEqual([]);
  });

  test('the same view again is no error', async () => {
    const { channel, address, last } = await start();
    const ref = await channel.send(address, question);
    const next = await channel.send(address, question, ref);
    expect((await last()).id).toBe(next.id);
    expect((await last()).buttons).toHaveLength(1);
  });

  test('text becomes a picture and a picture becomes text', async () => {
    const { channel, address, last } = await start();
    const picture: View = { title: 'A card', image: { png: smallPng(3), alt: 'card' } };
    const ref = await channel.send(address, question);
    const second = await channel.send(address, picture, ref);
    expect(digest((await last()).image)).toBe(digest(smallPng(3)));
    await channel.send(address, { title: 'Only text' }, second);
    expect((await last()).text).toContain('Only text');
    expect((await last()).image).toBeUndefined();
  });

  test('a message that is gone is no obstacle', async () => {
    const { channel, address, last } = await start();
    const ref = await channel.send(address, question);
    await channel.send(address, { title: 'Still here' }, { ...ref, id: ref.id.replace(/\d/g, '9') });
    expect((await last()).text).toContain('Still here');
  });
}

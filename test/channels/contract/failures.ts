import { expect, test } from 'vitest';
import { NotSent, SlowDown, Unreachable } from '../../../src/chat/channel.ts';
import type { View } from '../../../src/chat/view.ts';
import type { Fault, Start } from './setup.ts';

/** What `send` throws, fault by fault. */
export function failures(start: Start, cannot: readonly Fault[]): void {
  const view: View = { title: 'News' };
  const can = (fault: Fault) => !cannot.includes(fault);
  const attempt = async (fault: Fault) => {
    const it = await start();
    const repair = await it.fault(fault);
    const outcome = await it.channel.send(it.address, view).then(
      () => new Error('it was sent'),
      (error: unknown) => error,
    );
    await repair();
    return { outcome, count: (await it.seen()).length, ...it };
  };

  if (can('unreachable'))
    test('a person who blocked us is Unreachable', async () => {
      const { outcome, count } = await attempt('unreachable');
      expect(outcome).toBeInstanceOf(Unreachable);
      expect(count).toBe(0);
    });
  if (can('slow down'))
    test('a messenger that asks for time is SlowDown, once, without a hidden retry', async () => {
      const { outcome, count } = await attempt('slow down');
      expect(outcome).toBeInstanceOf(SlowDown);
      expect((outcome as SlowDown).retryAfterMs).toBe(3000);
      expect(count).toBe(0);
    });
  if (can('no connection'))
    test('no connection is NotSent and can be tried again', async () => {
      const { outcome, count, channel, address } = await attempt('no connection');
      expect(outcome).toMatchObject({ name: 'NotSent', again: true });
      expect(count).toBe(0);
      await expect(channel.send(address, view)).resolves.toBeTruthy();
    });
  if (can('refused'))
    test('refused content is NotSent for good', async () => {
      const { outcome, count } = await attempt('refused');
      expect(outcome).toMatchObject({ name: 'NotSent', again: false });
      expect(count).toBe(0);
    });
  if (can('reply lost'))
    test('a lost reply is none of these, and the message is sent once', async () => {
      const { outcome, count } = await attempt('reply lost');
      expect(outcome).toBeInstanceOf(Error);
      for (const known of [Unreachable, SlowDown, NotSent]) expect(outcome).not.toBeInstanceOf(known);
      expect(count).toBe(1);
    });

  test('a button that does more than 64 bytes fails loudly, before anything is sent', async () => {
    const { channel, address, seen } = await start();
    const tooLong = channel.send(address, { title: 'Press', buttons: [[{ label: 'Go', does: 'я'.repeat(33) }]] });
    await expect(tooLong).rejects.toMatchObject({ name: 'NotSent', again: false });
    expect(await seen()).toEqual([]);
  });
}

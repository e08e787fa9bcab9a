import { expect, test, vi } from 'vitest';
import { pause, type Start } from './setup.ts';
import { smallPng } from './small-png.ts';

/** What a person does reaches the hub once, in order, and its reply reaches the person. */
export function events(start: Start): void {
  const patience = { timeout: 15_000, interval: 20 };

  test('typed text reaches the hub, and the reply reaches the person', async () => {
    const { says, handled, last, address } = await start((inbound) => ({ title: `You said ${inbound.text}` }));
    await says('balance');
    await vi.waitFor(async () => expect((await last()).text).toContain('You said balance'), patience);
    expect(handled).toHaveLength(1);
    expect(handled[0]).toMatchObject({
      text: 'balance',
      place: 'direct',
      from: { channel: address.channel, user: address.user },
    });
    expect(handled[0]?.pressed).toBeUndefined();
  });

  test('a press is one event with the text of the button, and its message', async () => {
    const { channel, address, presses, handled, last } = await start(() => ({ title: 'Noted' }));
    const ref = await channel.send(address, { title: 'Sure?', buttons: [[{ label: 'Yes', does: 'credit 12 yes' }]] });
    await presses('Yes');
    await vi.waitFor(async () => expect((await last()).text).toContain('Noted'), patience);
    await pause(150);
    expect(handled.map(({ text }) => text)).toEqual(['credit 12 yes']);
    expect(handled[0]?.pressed?.id).toBe(ref.id);
  });

  test('what a person does is answered in its order', async () => {
    const delaysMs = [60, 5, 40, 0, 20];
    const { says, handled, seen } = await start(async ({ text }) => {
      await pause(delaysMs[Number(text)] ?? 0);
      return { title: `answer ${text}` };
    });
    for (const index of delaysMs.keys()) await says(String(index));
    await vi.waitFor(async () => expect(await seen()).toHaveLength(5), patience);
    expect(handled.map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4']);
    expect((await seen()).map(({ text }) => text.match(/answer \d/)?.[0])).toEqual(
      [0, 1, 2, 3, 4].map((index) => `answer ${index}`),
    );
  });

  test('a picture is an event, with its size before it is fetched', async () => {
    const fetched: (Uint8Array | undefined)[] = [];
    const { sendsPicture, handled, last } = await start(async ({ photo }) => {
      fetched.push(await photo?.read());
      return { title: 'Nice' };
    });
    const png = smallPng(90);
    await sendsPicture(png);
    await vi.waitFor(async () => expect((await last()).text).toContain('Nice'), patience);
    expect(handled.map(({ text, place, photo }) => [text, place, photo?.bytes])).toEqual([['', 'direct', png.length]]);
    expect(fetched).toEqual([png]);
  });

  test('while the database is away an event waits, and comes again as the same one', { timeout: 20_000 }, async () => {
    let away = 2;
    const { says, handled, seen } = await start(({ text }) => {
      if (away-- > 0) throw new Error('the database is away');
      return { title: `answer ${text}` };
    });
    await Promise.allSettled([says('balance')]);
    await vi.waitFor(async () => expect(await seen()).toHaveLength(1), patience);
    expect(handled).toHaveLength(3);
    expect(new Set(handled.map(({ id }) => id)).size).toBe(1);
  });

  test('nothing to say is said', async () => {
    const { says, handled, seen } = await start(() => undefined);
    await says('hm');
    await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
    await pause(100);
    expect(await seen()).toEqual([]);
  });

  test('stopping finishes what has begun', async () => {
    let begun = false;
    const { says, listener, seen } = await start(async () => {
      begun = true;
      await pause(200);
      return { title: 'finished' };
    });
    const said = says('balance');
    await vi.waitFor(() => expect(begun).toBe(true), patience);
    await listener.stop();
    await said;
    expect((await seen()).map(({ text }) => text)).toEqual([expect.stringContaining('finished')]);
  });
}

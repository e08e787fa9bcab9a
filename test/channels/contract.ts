import { afterEach, describe } from 'vitest';
import { events } from './contract/events.ts';
import { failures } from './contract/failures.ts';
import { paintings } from './contract/paintings.ts';
import { replacements } from './contract/replacements.ts';
import { type Fault, type Reply, recordingHub, type Setup, type Started } from './contract/setup.ts';

export { memoryTools } from './contract/memory-tools.ts';
export { type Fault, recordingHub, type Seen, type Setup } from './contract/setup.ts';
export { smallPng } from './contract/small-png.ts';

/**
 * What every channel must do, whatever the messenger. Registers a `describe` block; `cannot` names the faults that this messenger
 * does not have (a messenger inside our own process can't lose a reply).
 */
export function channelContract(name: string, setup: () => Promise<Setup>, options: { cannot?: readonly Fault[] } = {}): void {
  const closing: (() => Promise<unknown>)[] = [];

  async function start(reply?: Reply): Promise<Started> {
    const it = await setup();
    closing.unshift(() => it.close());
    const last = async () => {
      const message = (await it.seen()).at(-1);
      if (!message) throw new Error('nothing was seen');
      return message;
    };
    const { hub, handled } = recordingHub(reply ?? (() => undefined));
    const listener = await it.channel.listen(hub);
    closing.unshift(() => listener.stop());
    await it.connect?.(listener);
    return { ...it, last, handled, listener };
  }

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  describe(`${name}: channel contract`, () => {
    describe('what a person sees', () => paintings(start));
    describe('in place of an earlier message', () => replacements(start));
    describe('when it goes wrong', () => failures(start, options.cannot ?? []));
    describe('what a person does', () => events(start));
  });
}

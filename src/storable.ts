import type { Hub } from './chat/channel.ts';

/** Without what no database keeps as text: the zero character, and halves of characters. */
const storable = (text: unknown): string => String(text).replace(/\0|\p{Cs}/gu, '\uFFFD');

/** A hub whose events hold nothing that can't be kept. No client sends such things; whoever writes to us by other means may. */
export const onlyStorable = (hub: Hub): Hub => ({
  ...hub,
  handle: (event) => hub.handle({ ...event, name: storable(event.name), text: storable(event.text) }),
});

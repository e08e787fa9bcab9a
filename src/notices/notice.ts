import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';

/**
 * A message nobody asked for. `render` is pure: the parameters that the verb wrote into the delivery (ids and numbers, never names
 * or texts), in the person's language.
 */
export type Notice = { name: string; render(params: Record<string, unknown>, say: Say): View };

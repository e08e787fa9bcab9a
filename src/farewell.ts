import type { Channel, Log } from './chat/channel.ts';
import { type Kernel, sceneAt } from './chat/handle.ts';
import { homeView } from './commands/home.ts';
import type { Standing } from './program/privacy/erase.ts';

/**
 * Takes down what stands in somebody's messengers after they were erased: their card, and the commands a member has. Kept nowhere, so that nothing
 * of them is: what fails here is painted anew when they open it themselves.
 */
export async function sayFarewell(
  places: readonly Standing[],
  { kernel, channels, log }: { kernel: Kernel; channels: readonly Channel[]; log: Log },
): Promise<void> {
  for (const place of places) {
    const channel = channels.find(({ name }) => name === place.channel);
    if (!channel) continue;
    try {
      const scene = await sceneAt(kernel, place);
      // Asked again, or back already: what stands there is theirs.
      if (scene.who.personId !== null) continue;
      // Without a menu of their own they have the one that everybody has.
      await channel.send({ ...place, home: true }, { ...homeView(scene), menu: [] });
    } catch (error) {
      const reason = error instanceof Error ? error.name : typeof error;
      log.info({ channel: place.channel, reason }, 'what stood in a messenger after an erasing could not be taken down');
    }
  }
}

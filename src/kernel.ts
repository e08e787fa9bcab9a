import type { Log } from './chat/channel.ts';
import type { Shop } from './chat/command.ts';
import type { Kernel } from './chat/handle.ts';
import type { Words } from './chat/words.ts';
import { commands } from './commands/index.ts';
import { isDatabaseDown } from './database/errors.ts';
import type { Database } from './program/context.ts';
import { isClaimCode } from './program/gifts/claim.ts';
import { closeAddress, openHome, touchAddress } from './program/members/person.ts';

type Parts = {
  db: Database;
  shop: Shop;
  words: Words;
  log: Log;
  now(): Date;
  link(payload: string): string | undefined;
  ring(): void;
};

/** A text that is nothing but a code to claim, as the command it stands for. */
const claiming = (text: string) => (isClaimCode(text) ? { name: 'claim', rest: text, whole: false } : undefined);

/** The conversation kernel with everything it stands on, whatever channels there are. */
export function createKernel({ db, shop, words, log, now, link, ring }: Parts): Kernel {
  return {
    db,
    shop,
    log,
    now,
    link,
    ring,
    commands,
    // A code by itself is what most people send.
    words: { ...words, command: (text) => words.command(text) ?? claiming(text) },
    isAway: isDatabaseDown,
    touch: async (inbound, at) => {
      await touchAddress({ db, now: at }, inbound.from);
      if (inbound.place === 'home') await openHome({ db, now: at }, inbound.from);
    },
    reachable: (address, yes) => (yes ? touchAddress({ db, now: now() }, address) : closeAddress({ db, now: now() }, address)),
  };
}

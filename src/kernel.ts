import type { Log } from './chat/channel.ts';
import type { Command, Shop } from './chat/command.ts';
import type { Kernel } from './chat/handle.ts';
import type { Words } from './chat/words.ts';
import { commands } from './commands/index.ts';
import { erase } from './commands/member/erase.ts';
import { isDatabaseDown } from './database/errors.ts';
import type { Database } from './program/context.ts';
import { isClaimCode } from './program/gifts/claim.ts';
import { closeAddress, openHome, touchAddress } from './program/members/person.ts';
import { type Standing, standingOf } from './program/privacy/erase.ts';

type Parts = {
  db: Database;
  shop: Shop;
  words: Words;
  log: Log;
  now(): Date;
  link(payload: string): string | undefined;
  ring(): void;
  /** Somebody was erased: what stands in their messengers all the time is taken down. Never waits. */
  farewell?(places: readonly Standing[]): void;
};

/** A text that is nothing but a code to claim, as the command it stands for. */
const claiming = (text: string) => (isClaimCode(text) ? { name: 'claim', rest: text, whole: false } : undefined);

/** After an erasing nothing says any more where they were, so that is asked before. */
const andFarewell = (command: Command, farewell: NonNullable<Parts['farewell']>): Command => ({
  ...command,
  run: async (ctx, answers, scene) => {
    const code = answers.who ?? null;
    const places = await standingOf(ctx, { personId: code === null ? scene.who.personId : null, code });
    const view = await command.run(ctx, answers, scene);
    farewell(places);
    return view;
  },
});

/** The conversation kernel with everything it stands on, whatever channels there are. */
export function createKernel({ db, shop, words, log, now, link, ring, farewell }: Parts): Kernel {
  return {
    db,
    shop,
    log,
    now,
    link,
    ring,
    commands: farewell ? commands.map((one) => (one === erase ? andFarewell(one, farewell) : one)) : commands,
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

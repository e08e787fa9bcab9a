import type { Log } from '../../src/chat/channel.ts';
import { createHub } from '../../src/chat/handle.ts';
import type { Inbound } from '../../src/chat/inbound.ts';
import { plainText, type View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { createKernel } from '../../src/kernel.ts';
import type { Database } from '../../src/program/context.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import { ownerCode } from '../../src/program/staff/invite.ts';
import { freshDatabase } from './database.ts';

/** Somebody with a phone, talking to the kernel directly: no messenger in between. */
export type Talker = {
  user: string;
  /** Sends a text as a new event (or as the event `id` again). */
  says(text: string, more?: Partial<Inbound>): Promise<View>;
  /** Presses the button with this label on a view. */
  presses(view: View, label: string | RegExp, more?: Partial<Inbound>): Promise<View>;
};

const shop = { name: 'Café Liepa', currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };

/** The text that a button stands for. */
export function does(view: View, label: string | RegExp): string {
  for (const button of (view.buttons ?? []).flat()) {
    if ((typeof label === 'string' ? button.label === label : label.test(button.label)) && 'does' in button) return button.does;
  }
  throw new Error(
    `no button ${label} under: ${plainText(view)} [${(view.buttons ?? [])
      .flat()
      .map((button) => button.label)
      .join(' | ')}]`,
  );
}

/** The whole conversation kernel on a database, with a clock that can be set. */
export async function talk(db: Database, options: { start?: Date; link?: (payload: string) => string | undefined } = {}) {
  const clock = { now: options.start ?? new Date('2026-11-21T10:00:00Z') };
  const logged: { facts: object; sentence: string }[] = [];
  const rung = { times: 0 };
  const note = (facts: object, sentence: string) => void logged.push({ facts, sentence });
  const log: Log = { debug: note, info: note, warn: note, error: note };
  await ensureProgram(db, 100, new Date('2026-01-01T00:00:00Z'));
  const kernel = createKernel({
    db,
    shop,
    words: await createWords(shop),
    log,
    now: () => clock.now,
    link: options.link ?? ((payload) => `https://t.me/liepa_bot?start=${payload}`),
    ring: () => void rung.times++,
  });
  const hub = createHub(kernel);
  let events = 0;
  const person = (user: string, name: string, language = 'en', channel = 'telegram'): Talker => {
    const says: Talker['says'] = async (text, more = {}) => {
      const inbound: Inbound = {
        id: `${channel}-${++events}-${user}`,
        from: { channel, user, chat: user },
        name,
        language,
        place: 'direct',
        text,
        ...more,
      };
      return (await hub.handle(inbound)) ?? {};
    };
    return { user, says, presses: (view, label, more) => says(does(view, label), { pressed: { chat: user, id: '1' }, ...more }) };
  };
  /** An owner and a member of staff, made the way they are made. */
  const shopPeople = async () => {
    const olga = person('owner', 'Olga');
    const ben = person('staff', 'Ben');
    await olga.says(`/start own_${(await ownerCode(db, clock.now)).code}`);
    const invitation = await olga.says('team invite staff');
    const link = /start=(inv_\w+)/.exec(invitation.body ?? '')?.[1] ?? '';
    await ben.says(`/start ${link}`);
    return { olga, ben };
  };
  return { kernel, hub, person, clock, logged, rung, shopPeople };
}

/** The member code that a view shows, in its groups; empty when it shows none. */
export const codeOn = (view: View): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(plainText(view))?.[0] ?? '';

/** A shop on a database of its own, with Olga who owns it and Ben who works there. Close `db` at the end. */
export async function openShop() {
  const db = await freshDatabase();
  const shop = await talk(db);
  return { db, shop, ...(await shop.shopPeople()) };
}

import { type FakeTelegram, type Person, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { onTelegram, type Program, startProgram, type Variables } from '../support/program.ts';

export type Query = Awaited<ReturnType<Person['presses']>>;

/** A shop on Telegram: the program, its owner Olga and Ben at the counter, who came the way people come. */
export type TelegramShop = { telegram: FakeTelegram; program: Program; olga: Person; ben: Person; close(): Promise<void> };

/** The payload of the invitation link that somebody was shown. */
export const invitationIn = (text: string): string => /start=(inv_[0-9A-Z]+)/.exec(text)?.[1] ?? '';

/** Opens the shop. Ids of people begin at `firstId`. */
export async function openTelegramShop(
  variables: Variables = {},
  { secondMs = 1000, peekUrl }: { secondMs?: number; peekUrl?: string } = {},
): Promise<TelegramShop> {
  const telegram = await startFakeTelegram({ secondMs });
  const program = await startProgram({ ...onTelegram(telegram), ...variables }, peekUrl === undefined ? {} : { peekUrl });
  const olga = telegram.person({ id: 1001, name: 'Olga', language_code: 'en' });
  const ben = telegram.person({ id: 1002, name: 'Ben', language_code: 'en' });
  await olga.opens(`own_${program.app.ownerCode}`);
  await olga.gets('You own Café Liepa now');
  await olga.says('/team invite');
  await olga.gets('What will they do here?');
  await olga.presses('staff');
  await ben.opens(invitationIn((await olga.gets('Your invitation')).text));
  await ben.gets('Welcome to the team of Café Liepa');
  return {
    ...{ telegram, program, olga, ben },
    async close() {
      await program.stop();
      await telegram.stop();
    },
  };
}

/** Somebody opens the bot, joins by one press. Returns their card's code. */
export async function joins(person: Person): Promise<string> {
  await person.says('/start');
  await person.gets('Welcome to Café Liepa!');
  await person.presses('Join');
  const card = await person.gets(/Your code/);
  await person.gets('Good to have you with us!');
  return (/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card.text)?.[0] ?? '').replaceAll('-', '');
}

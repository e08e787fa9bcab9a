import type { Api } from 'grammy';
import type { BotCommand, LanguageCode } from 'grammy/types';
import type { ChannelTools } from '../../chat/channel.ts';
import type { Bot } from './bot.ts';
import { cut } from './cut.ts';
import { aboutUnits, descriptionUnits, nameUnits } from './limits.ts';
import { commandsOf } from './menu.ts';
import { growingMs, pause } from './pause.ts';

type Where = { language_code?: LanguageCode };

/** Everybody whose language we don't speak meets the bot in this one. */
const fallbackLanguage = 'en';

/**
 * Gives the bot its menu, name and descriptions in every language, each only when it differs from what Telegram has: changing a name is
 * limited to a few times a day. Waits until Telegram answers at all; what fails then is logged and left for the next start.
 */
export async function introduce(
  bot: Bot,
  { introductions, log }: Pick<ChannelTools, 'introductions' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  await connected(bot, signal);
  const { api } = bot;
  for (const { language, menu, name, about, description } of introductions) {
    const where: Where = language === fallbackLanguage ? {} : { language_code: language.slice(0, 2) as LanguageCode };
    const attempt = async (what: string, step: () => Promise<unknown>) => {
      if (signal.aborted) return;
      await step().catch((error: unknown) => log.warn({ err: error, language }, `the bot's ${what} stays as it was`));
    };
    await attempt('menu', () => menuStep(api, commandsOf(menu), where));
    await attempt('name', async () => {
      const wanted = cut(name, nameUnits);
      if ((await api.getMyName(where)).name !== wanted) await api.setMyName(wanted, where);
    });
    await attempt('description', async () => {
      const wanted = cut(description, descriptionUnits);
      if ((await api.getMyDescription(where)).description !== wanted) await api.setMyDescription(wanted, where);
    });
    await attempt('short description', async () => {
      const wanted = cut(about, aboutUnits);
      if ((await api.getMyShortDescription(where)).short_description !== wanted) await api.setMyShortDescription(wanted, where);
    });
  }
}

async function menuStep(api: Api, wanted: readonly BotCommand[], where: Where): Promise<void> {
  const now = await api.getMyCommands({ scope: { type: 'default' }, ...where });
  const plain = (commands: readonly BotCommand[]) =>
    JSON.stringify(commands.map(({ command, description }) => [command, description]));
  if (plain(now) !== plain(wanted)) await api.setMyCommands(wanted, { scope: { type: 'default' }, ...where });
}

async function connected(bot: Bot, signal: AbortSignal): Promise<void> {
  for (let tries = 1; !signal.aborted; tries++) {
    const answers = await bot.me().then(
      () => true,
      () => false,
    );
    if (answers) return;
    await pause(growingMs(tries, 1000, 60_000), signal);
  }
}

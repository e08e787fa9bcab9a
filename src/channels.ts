import { join } from 'node:path';
import type { Channel, ChannelTools, Log } from './chat/channel.ts';
import type { Shop } from './chat/command.ts';
import type { Words } from './chat/words.ts';
import type { Clock } from './clock.ts';
import { commands } from './commands/index.ts';
import { menuOf } from './commands/menu.ts';
import type { Config } from './config.ts';
import type { Database } from './program/context.ts';
import { playgroundMessages } from './program/playground/messages.ts';
import { offersOf } from './program/playground/offers.ts';
import { playgroundPeople } from './program/playground/people.ts';
import { programAt } from './program/settings/program.ts';
import { createUploads } from './uploads.ts';

export type ChannelParts = {
  config: Config;
  db: Database;
  shop: Shop;
  words: Words;
  clock: Clock;
  log: Log;
  /** Where the playground's page is. */
  origin: string;
  ownerCode(): Promise<string | undefined>;
};

function toolsFor(channel: string, { db, words, shop, log }: ChannelParts): ChannelTools {
  const { poison } = db.prisma;
  const everybody = commands.filter((command) => command.for === 'anyone' || command.for === 'member');
  return {
    log,
    uploads: createUploads(channel, db.prisma),
    putAside: async (id, event, error) => {
      const row = {
        channel,
        event: JSON.parse(JSON.stringify(event ?? null)) as object,
        error: String(error).slice(0, 500),
        at: new Date(),
      };
      await poison.upsert({ where: { id }, create: { id, ...row }, update: { ...row, attempts: { increment: 1 } } });
      log.error({ event: id, channel }, 'an event could not be read and was put aside');
    },
    introductions: words.languages.map((language) => {
      const say = words.say(language);
      return {
        language,
        name: shop.name,
        about: say('bot:about', { shop: shop.name }),
        description: say('bot:description', { shop: shop.name }),
        menu: menuOf(everybody, say),
      };
    }),
  };
}

/** The messengers that are configured, the playground when it is on. Each SDK is loaded only when its messenger is there. */
export async function openChannels(parts: ChannelParts): Promise<Channel[]> {
  const { config, db, clock, shop } = parts;
  const channels: Channel[] = [];
  if (config.telegram) {
    const { createTelegram } = await import('./channels/telegram/index.ts');
    const { token, apiRoot, webhookSecret } = config.telegram;
    const webhook = webhookSecret && config.publicUrl ? { webhook: { secret: webhookSecret, publicUrl: config.publicUrl } } : {};
    channels.push(createTelegram({ token, tools: toolsFor('telegram', parts), ...(apiRoot ? { apiRoot } : {}), ...webhook }));
  }
  if (config.slack) {
    const { createSlack } = await import('./channels/slack/index.ts');
    channels.push(createSlack({ ...config.slack, tools: toolsFor('slack', parts), spoolDir: join(config.dataDir, 'slack') }));
  }
  if (config.playground) {
    const { createPlayground } = await import('./channels/playground/index.ts');
    channels.push(
      createPlayground({
        tools: toolsFor('playground', parts),
        messages: playgroundMessages(db),
        clock,
        people: () => playgroundPeople(db, clock.now()),
        offers: async () => offersOf((await programAt(db, clock.now())).rules),
        ownerCode: parts.ownerCode,
        shop,
        origin: parts.origin,
      }),
    );
  }
  return channels;
}

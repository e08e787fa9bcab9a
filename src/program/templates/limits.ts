/**
 * What each messenger takes of a message to many, in UTF-16 units. `whole`: title, an empty line and body together. A test holds these
 * to the channels' own limits (src/channels/x/limits.ts, with the pages that say so).
 */
export const messengerLimits = {
  // https://core.telegram.org/bots/api#sendmessage and #sendphoto: the words under a picture are a caption.
  telegram: { whole: 4096, wholeWithPicture: 1024 },
  // https://docs.slack.dev/reference/block-kit/blocks/: a header, and one section. Longer bodies would be torn into several blocks.
  slack: { title: 150, body: 3000 },
  playground: { whole: 32_000 },
} as const;

export type Messenger = keyof typeof messengerLimits;

/** As they call themselves. */
export const messengerNames: Readonly<Record<Messenger, string>> = {
  telegram: 'Telegram',
  slack: 'Slack',
  playground: 'Playground',
};

export const messengers = Object.keys(messengerLimits) as Messenger[];

/** How long a part of a message is on a messenger, and how long it may be. */
export type Length = { messenger: Messenger; part: 'whole' | 'title' | 'body'; length: number; max: number };

/** The lengths that count on a messenger. `footer`: units of what the program adds below the owner's words. */
export function lengthsOn(
  messenger: Messenger,
  { title = '', body }: { title?: string; body: string },
  { picture, footer = 0 }: { picture: boolean; footer?: number },
): Length[] {
  const limits = messengerLimits[messenger];
  if ('title' in limits) {
    const ofTitle = { messenger, part: 'title', length: title.length, max: limits.title } as const;
    const ofBody = { messenger, part: 'body', length: body.length, max: limits.body } as const;
    return title === '' ? [ofBody] : [ofTitle, ofBody];
  }
  const parts = [title.length, body.length, footer].filter((length) => length > 0);
  const length = parts.reduce((sum, part) => sum + part, 0) + 2 * Math.max(parts.length - 1, 0);
  const max = picture && 'wholeWithPicture' in limits ? limits.wholeWithPicture : limits.whole;
  return [{ messenger, part: 'whole', length, max }];
}

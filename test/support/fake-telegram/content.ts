import { mistake } from './refused.ts';

/** Limits by https://core.telegram.org/bots/api, written down here a second time on purpose: the bot's own may be wrong. */

export type Entity = {
  type: string;
  offset: number;
  length: number;
  url?: string;
  user?: unknown;
  custom_emoji_id?: string;
  language?: string;
};
export type Button = { text: string; callback_data?: string; url?: string; copy_text?: { text: string }; style?: string };
export type Keyboard = { inline_keyboard: Button[][] };

const entityNeeds: Record<string, string | undefined> = {
  mention: undefined,
  hashtag: undefined,
  cashtag: undefined,
  bot_command: undefined,
  url: undefined,
  email: undefined,
  phone_number: undefined,
  bold: undefined,
  italic: undefined,
  underline: undefined,
  strikethrough: undefined,
  spoiler: undefined,
  blockquote: undefined,
  expandable_blockquote: undefined,
  code: undefined,
  pre: undefined,
  text_link: 'url',
  text_mention: 'user',
  custom_emoji: 'custom_emoji_id',
};

/** A message's text, 1–4096 characters. */
export function checkText(text: string, entities: readonly Entity[] = []): void {
  if (text.trim() === '') mistake('message text is empty');
  if (text.length > 4096) mistake('message is too long');
  checkEntities(text, entities);
}

/** A caption, 0–1024 characters. */
export function checkCaption(caption: string | undefined, entities: readonly Entity[] = []): void {
  if ((caption ?? '').length > 1024) mistake('message caption is too long');
  checkEntities(caption ?? '', entities);
}

function checkEntities(text: string, entities: readonly Entity[]): void {
  if (/[\uD800-\uDFFF]/u.test(text)) mistake('strings must be encoded in UTF-8');
  if (entities.length > 100) mistake('too many entities');
  for (const { type, offset, length, ...rest } of entities) {
    if (!Object.hasOwn(entityNeeds, type)) mistake(`unknown entity type "${type}"`);
    const needed = entityNeeds[type];
    if (needed && !Object.hasOwn(rest, needed)) mistake(`entity ${type} needs "${needed}"`);
    if (offset < 0 || length <= 0 || offset + length > text.length)
      mistake(`entity ${type} at ${offset}+${length} lies outside the text`);
    if (splitsPair(text, offset) || splitsPair(text, offset + length))
      mistake(`entity ${type} at ${offset}+${length} splits a character`);
  }
  for (const [index, one] of entities.entries()) for (const other of entities.slice(index + 1)) checkTogether(one, other);
}

/** Entities either nest or don't meet; code stands alone. https://core.telegram.org/bots/api#formatting-options */
function checkTogether(one: Entity, other: Entity): void {
  const [first, second] = one.offset <= other.offset ? [one, other] : [other, one];
  const firstEnd = first.offset + first.length;
  const secondEnd = second.offset + second.length;
  if (second.offset >= firstEnd) return;
  if ([first.type, second.type].some((type) => type === 'code' || type === 'pre'))
    mistake('code can not be part of another entity');
  if (secondEnd > firstEnd && second.offset !== first.offset) mistake(`entities ${first.type} and ${second.type} overlap`);
}

const splitsPair = (text: string, index: number) =>
  /^[\uDC00-\uDFFF]/.test(text.slice(index)) && /[\uD800-\uDBFF]$/.test(text.slice(0, index));

/** An inline keyboard: each button with a text and exactly one deed. */
export function checkKeyboard(markup: unknown): void {
  if (markup === undefined) return;
  if (typeof markup !== 'object' || markup === null || !('inline_keyboard' in markup)) return;
  const rows = (markup as Keyboard).inline_keyboard;
  if (rows.some((row) => row.length > 8)) mistake('a row of an inline keyboard has at most 8 buttons');
  if (rows.flat().length > 100) mistake('an inline keyboard has at most 100 buttons');
  for (const button of rows.flat()) checkButton(button);
}

/** A keyboard in place of the person's own: texts, and requests only where nobody else is. */
export function checkReplyKeyboard(markup: unknown, chat: string): void {
  if (typeof markup !== 'object' || markup === null || !('keyboard' in markup)) return;
  const buttons = (markup as { keyboard: { text: string; request_contact?: boolean }[][] }).keyboard.flat();
  if (buttons.some(({ text }) => text.trim() === '')) mistake("can't parse keyboard button: the text is empty");
  if (chat !== 'private' && buttons.some(({ request_contact }) => request_contact))
    mistake('phone number can be requested in private chats only');
}

function checkButton(button: Button): void {
  const { text, style, ...deeds } = button;
  if (text.trim() === '') mistake("can't parse inline keyboard button: the text is empty");
  if (Object.keys(deeds).length !== 1)
    mistake(`an inline keyboard button does exactly one thing, not ${JSON.stringify(Object.keys(deeds))}`);
  if (style !== undefined && !['danger', 'success', 'primary'].includes(style)) mistake(`a button's style can't be "${style}"`);
  const { callback_data: data, url, copy_text: copy } = deeds;
  if (data !== undefined && (data === '' || Buffer.byteLength(data) > 64)) mistake('BUTTON_DATA_INVALID');
  if (copy !== undefined && (copy.text === '' || copy.text.length > 256)) mistake('COPY_TEXT_INVALID');
  if (url !== undefined && !/^(https?|tg):\/\/\S+$/.test(url)) mistake(`inline keyboard button URL '${url}' is invalid`);
}

/** A menu: at most 100 commands of `[a-z0-9_]{1,32}`, descriptions of 1–256 characters. */
export function checkCommands(commands: readonly { command: string; description: string }[]): void {
  if (commands.length > 100) mistake('BOT_COMMANDS_TOO_MUCH');
  for (const { command, description } of commands) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) mistake(`BOT_COMMAND_INVALID "${command}"`);
    if (description.trim() === '' || description.length > 256) mistake('BOT_COMMAND_DESCRIPTION_INVALID');
  }
}

/** A two-letter ISO 639-1 code, or nothing. */
export function checkLanguage(code: string | undefined): string {
  if (code !== undefined && !/^([a-z]{2})?$/.test(code)) mistake(`language_code "${code}" is no ISO 639-1 code`);
  return code ?? '';
}

/** An uploaded photo: PNG or JPEG of at most 10 MB, not thinner than 1:20, width and height together at most 10,000. */
export function photoSize(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.length > 10_000_000) mistake('file is too big');
  const view = Buffer.from(bytes);
  if (view.subarray(0, 3).toString('hex') === 'ffd8ff') return { width: 800, height: 800 };
  if (view.subarray(0, 8).toString('hex') !== '89504e470d0a1a0a') mistake('IMAGE_PROCESS_FAILED');
  const width = view.readUInt32BE(16);
  const height = view.readUInt32BE(20);
  if (width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height)) mistake('PHOTO_INVALID_DIMENSIONS');
  return { width, height };
}

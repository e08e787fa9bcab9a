import { checkCaption, checkKeyboard, checkReplyKeyboard, checkText, type Entity, type Keyboard } from './content.ts';
import type { Call } from './methods.ts';
import { badRequest, mistake, Refused } from './refused.ts';
import { contentOf, type Message, nowSeconds, type StoredFile } from './world.ts';

type Content = Partial<
  Pick<Message, 'text' | 'entities' | 'caption' | 'caption_entities' | 'photo' | 'document' | 'reply_markup'>
>;
type Sending = { chat_id: number | string; reply_markup?: Keyboard; parse_mode?: string };
type Captioned = { caption?: string; caption_entities?: Entity[]; parse_mode?: string };
type Editing = { chat_id?: number | string; message_id?: number; inline_message_id?: string; reply_markup?: Keyboard };

/** Sending, editing and deleting. Each takes a call that the specification allows. */
export const messageMethods = {
  sendMessage: (call: Call) => {
    const { text, entities, parse_mode } = call.params as Sending & { text: string; entities?: Entity[] };
    noParseMode(parse_mode);
    checkText(text, entities);
    return send(call, { text, ...(entities ? { entities } : {}) });
  },
  sendPhoto: (call: Call) => send(call, { photo: photoOf(call, call.params.photo as string), ...captionOf(call.params) }),
  sendDocument: (call: Call) =>
    send(call, { document: documentOf(call, call.params.document as string), ...captionOf(call.params) }),
  sendChatAction: (call: Call) => Boolean(call.world.openRoom(call.params.chat_id)),
  editMessageText: (call: Call) => {
    const { text, entities, parse_mode } = call.params as { text?: string; entities?: Entity[]; parse_mode?: string };
    noParseMode(parse_mode);
    checkText(text ?? '', entities);
    return edit(call, (message) => {
      if (message.text === undefined) badRequest('there is no text in the message to edit');
      return { text: text ?? '', ...(entities ? { entities } : {}) };
    });
  },
  editMessageCaption: (call: Call) =>
    edit(call, ({ text, photo, document }) => {
      if (text !== undefined) badRequest('there is no caption in the message to edit');
      return { ...(photo ? { photo } : {}), ...(document ? { document } : {}), ...captionOf(call.params) };
    }),
  editMessageMedia: (call: Call) => {
    const media = call.params.media as Captioned & { type: string; media: string };
    return edit(call, () => {
      if (media.type === 'photo') return { photo: photoOf(call, media.media), ...captionOf(media) };
      if (media.type === 'document') return { document: documentOf(call, media.media), ...captionOf(media) };
      return mistake(`the fake edits no ${media.type}`);
    });
  },
  editMessageReplyMarkup: (call: Call) => edit(call, ({ reply_markup: _, ...content }) => content),
  deleteMessage: (call: Call) => {
    const room = call.world.openRoom(call.params.chat_id);
    const id = call.params.message_id as number;
    if (!room.messages.delete(id)) badRequest('message to delete not found');
    return true;
  },
  answerCallbackQuery: (call: Call) => {
    const {
      callback_query_id: id,
      text,
      show_alert,
    } = call.params as { callback_query_id: string; text?: string; show_alert?: boolean };
    if ((text ?? '').length > 200) mistake('MESSAGE_TOO_LONG');
    const query = call.world.queries.get(id);
    if (!query || query.answers.length > 0) badRequest('query is too old and response timeout expired or query ID is invalid');
    query.answers.push({ ...(text ? { text } : {}), ...(show_alert ? { show_alert } : {}) });
    return true;
  },
};

function send(call: Call, content: Content): Message {
  const { chat_id, reply_markup } = call.params as Sending;
  checkKeyboard(reply_markup);
  const room = call.world.openRoom(chat_id);
  checkReplyKeyboard(reply_markup, room.chat.type);
  return call.world.newMessage(room.chat, call.world.bot, {
    ...content,
    ...(reply_markup && 'inline_keyboard' in reply_markup ? { reply_markup } : {}),
  });
}

/** Replaces the content of one of the bot's messages; without a keyboard in the call the keyboard goes, as with Telegram. */
function edit(call: Call, change: (message: Message) => Content): Message {
  const { chat_id, message_id, inline_message_id, reply_markup } = call.params as Editing;
  if (inline_message_id !== undefined) badRequest('the fake has no inline messages');
  if (chat_id === undefined || message_id === undefined) mistake('message identifier is not specified');
  checkKeyboard(reply_markup);
  const message = call.world.openRoom(chat_id).messages.get(message_id);
  if (!message) badRequest('message to edit not found');
  if (message.from.id !== call.world.bot.id) badRequest("message can't be edited");
  const { message_id: id, date, chat, from } = message;
  const keyboard = reply_markup && reply_markup.inline_keyboard.length > 0 ? { reply_markup } : {};
  const edited: Message = { message_id: id, date, chat, from, ...change(message), ...keyboard, edit_date: nowSeconds() };
  if (contentOf(edited) === contentOf(message)) {
    badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  call.world.rooms.get(chat.id)?.messages.set(id, edited);
  call.world.changed(edited);
  return edited;
}

function captionOf({ caption, caption_entities, parse_mode }: Captioned): Content {
  noParseMode(parse_mode);
  checkCaption(caption, caption_entities);
  return { ...(caption ? { caption } : {}), ...(caption_entities ? { caption_entities } : {}) };
}

function noParseMode(mode: string | undefined): void {
  if (mode !== undefined) mistake('the fake parses no markup: send entities');
}

function photoOf(call: Call, source: string): NonNullable<Message['photo']> {
  const { id, bytes, width, height } = fileOf(call, 'photo', source);
  return [{ file_id: id, file_unique_id: id.slice(-12), width, height, file_size: bytes.length }];
}

function documentOf(call: Call, source: string): NonNullable<Message['document']> {
  const { id, name, bytes } = fileOf(call, 'document', source);
  if (bytes.length > 50_000_000) throw new Refused(413, 'Request Entity Too Large', { mistake: true });
  return { file_id: id, file_unique_id: id.slice(-12), file_name: name, file_size: bytes.length };
}

/** An upload that came with the call, or a file that Telegram has. */
function fileOf(call: Call, kind: StoredFile['kind'], source: string): StoredFile {
  if (source.startsWith('attach://')) {
    const upload = call.files.get(source.slice('attach://'.length));
    if (!upload) mistake(`nothing was uploaded as ${source}`);
    return call.world.keepFile(kind, upload);
  }
  const file = call.world.files.get(source);
  if (!file) badRequest('wrong file identifier/HTTP URL specified');
  if (file.kind !== kind) badRequest(`can't use file of type ${file.kind} as ${kind}`);
  return file;
}

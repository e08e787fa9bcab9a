import { createHash } from 'node:crypto';
import type {
  AllMiddlewareArgs,
  BlockButtonAction,
  GlobalShortcut,
  SlackEventMiddlewareArgs,
  SlashCommand,
  ViewClosedAction,
  ViewSubmitAction,
} from '@slack/bolt';
import type { MessageRef } from '../../chat/inbound.ts';
import { formText } from '../../chat/view.ts';
import { typedText } from './literal.ts';
import { type Meta, readMeta, readValues } from './modal.ts';

/** Where something happened, and with that where its reply can stand. */
export type Surface =
  | { kind: 'message' }
  | { kind: 'command'; channel: string; responseUrl: string; triggerId: string }
  | { kind: 'press'; message: MessageRef; ephemeral: boolean; responseUrl: string | undefined; triggerId: string }
  | { kind: 'pressInModal'; viewId: string; meta: Meta }
  | { kind: 'pressInHome'; triggerId: string }
  | { kind: 'shortcut'; triggerId: string }
  | { kind: 'submission'; meta: Meta }
  | { kind: 'closed'; meta: Meta }
  | { kind: 'home' };

/** What a person did, before their name, language and chat are looked up. `chat` is set where the event tells their direct chat. */
export type Happening = {
  id: string;
  user: string;
  text: string;
  surface: Surface;
  name?: string;
  chat?: string;
  pressed?: MessageRef;
  file?: SharedFile;
};

/** A file that somebody sent, as Slack tells of it: `url` needs the bot's token. */
export type SharedFile = { id: string; url: string; bytes?: number };

type Body = Record<string, unknown>;
type EventBody<Type extends string> = SlackEventMiddlewareArgs<Type>['body'];
export type Context = AllMiddlewareArgs['context'];

const record = (value: unknown): Body => (typeof value === 'object' && value !== null ? { ...value } : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Who did something, and a key that is the same whenever Slack delivers it again: `event_id`, else `trigger_id`, else (a modal that is
 * closed has neither) the view itself. Undefined for what is not from a person.
 */
export function identify(body: Body): { id: string; user: string } | undefined {
  const event = record(body['event']);
  const user =
    text(event['user']) || text(record(event['user'])['id']) || text(body['user_id']) || text(record(body['user'])['id']);
  const view = record(body['view']);
  const unique =
    text(body['event_id']) ||
    text(body['trigger_id']) ||
    [text(view['id']), text(view['hash']), text(body['type'])].filter(Boolean).join('-');
  if (unique === '') return undefined;
  return { id: unique.length <= 90 ? `slack-${unique}` : `slack-${createHash('sha256').update(unique).digest('hex')}`, user };
}

const identified = (body: object): { id: string; user: string } => {
  const found = identify({ ...body });
  if (!found?.user) throw new TypeError('an event from nobody');
  return found;
};

/** A message in the app's own direct chat, or a file sent there; undefined for what bots, edits and other messages about messages are. */
export function readMessage(body: EventBody<'message'>): Happening | undefined {
  const { event } = body;
  if (event.channel_type !== 'im' || (event.subtype !== undefined && event.subtype !== 'file_share')) return undefined;
  if ('bot_id' in event && event.bot_id) return undefined;
  const typed = typedText(event.text ?? '').trim();
  const file = fileIn('files' in event ? event.files : undefined);
  if (typed === '' && !file) return undefined;
  return { ...identified(body), text: typed, chat: event.channel, surface: { kind: 'message' }, ...(file ? { file } : {}) };
}

/** The first file of a message: https://docs.slack.dev/reference/objects/file-object. One from elsewhere has no address at Slack. */
function fileIn(files: unknown): SharedFile | undefined {
  const { id, url_private: url, size } = record(Array.isArray(files) ? files[0] : undefined);
  if (typeof id !== 'string' || typeof url !== 'string') return undefined;
  return { id, url, ...(typeof size === 'number' ? { bytes: size } : {}) };
}

/** The app's home was opened: it shows the card. */
export function readHomeOpened(body: EventBody<'app_home_opened'>): Happening | undefined {
  const { event } = body;
  if (event.tab !== 'home') return undefined;
  return { ...identified(body), text: 'card', chat: event.channel, surface: { kind: 'home' } };
}

/** The person of a deactivated account; undefined for all other changes of a profile. */
export function readDeactivated(body: EventBody<'user_change'>): string | undefined {
  const { user } = body.event;
  return 'deleted' in user && user.deleted === true ? user.id : undefined;
}

/** A slash command: its text is what the person typed. */
export function readCommand(body: SlashCommand): Happening {
  const { channel_id: channel, response_url: responseUrl, trigger_id: triggerId } = body;
  const typed = typedText(body.text ?? '').trim() || 'help';
  return {
    ...identified(body),
    text: typed,
    name: body.user_name,
    surface: { kind: 'command', channel, responseUrl, triggerId },
  };
}

/** A global shortcut: named like the command it begins. */
export function readShortcut(body: GlobalShortcut): Happening {
  return {
    ...identified(body),
    text: body.callback_id,
    name: body.user.username,
    surface: { kind: 'shortcut', triggerId: body.trigger_id },
  };
}

/** A pressed button, wherever it stands. */
export function readPress(body: BlockButtonAction): Happening | undefined {
  const does = body.actions[0]?.value;
  if (!does) return undefined;
  const { view, container } = body;
  const common = { ...identified(body), text: does, name: body.user.username ?? body.user.name };
  const { trigger_id: triggerId } = body;
  if (view) {
    const pressed = { chat: common.user, id: view.id };
    if (view.type === 'home') return { ...common, pressed, surface: { kind: 'pressInHome', triggerId } };
    return { ...common, pressed, surface: { kind: 'pressInModal', viewId: view.id, meta: readMeta(view.private_metadata) } };
  }
  const message = { chat: text(container['channel_id']), id: text(container['message_ts']) };
  const surface = {
    kind: 'press',
    message,
    ephemeral: container['is_ephemeral'] === true,
    responseUrl: body.response_url,
    triggerId,
  } as const;
  return { ...common, pressed: message, surface };
}

/** A modal that was sent: a filled-in form is the command it stands for, a step is its primary button. */
export function readSubmission(body: ViewSubmitAction): Happening {
  const { view, user } = body;
  const meta = readMeta(view.private_metadata);
  const common = { ...identified(body), name: user.name, surface: { kind: 'submission', meta } } as const;
  if (meta.does !== undefined) return { ...common, text: meta.does, pressed: { chat: user.id, id: view.id } };
  if (meta.starts === undefined || meta.fields === undefined) throw new SyntaxError('a modal that stands for nothing was sent');
  const fields = meta.fields.map((name) => ({ name, label: name, optional: true }));
  return {
    ...common,
    text: formText({ title: meta.title, submit: '', starts: meta.starts, fields }, readValues(view.state.values)),
  };
}

/** A modal that was closed unfinished. */
export function readClosed(body: ViewClosedAction): Happening | undefined {
  const { view, user } = body;
  const meta = readMeta(view.private_metadata);
  if (meta.cancel === undefined) return undefined;
  return {
    ...identified(body),
    text: meta.cancel,
    name: user.name,
    pressed: { chat: user.id, id: view.id },
    surface: { kind: 'closed', meta },
  };
}

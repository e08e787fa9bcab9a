import type { SeenButton } from './readable.ts';
import type { Json } from './rules.ts';
import { shownView } from './view-methods.ts';
import { ids, type Message, type StoredFile, type StoredView, type User, type Workspace } from './workspace.ts';

const token = 'verification-token';
const team = { id: ids.team, domain: 'regulars' };

/** Typed text as Slack passes it on: escaped, mentions as references. */
export const encoded = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(U0[A-Z0-9]+)/g, '<@$1>');

/** The payloads of https://docs.slack.dev/reference/interaction-payloads and /reference/events, as they come. */
export function createPayloads(workspace: Workspace) {
  const person = ({ id, name }: User): Json => ({ id, username: name, name, team_id: ids.team });
  const interaction = (type: string, user: User): Json => ({
    type,
    team,
    user: person(user),
    api_app_id: ids.app,
    token,
    enterprise: null,
    is_enterprise_install: false,
  });

  return {
    event(event: Json): Json {
      const at = Math.floor(workspace.now() / 1000);
      return {
        token,
        team_id: ids.team,
        api_app_id: ids.app,
        event,
        type: 'event_callback',
        event_id: workspace.newId('Ev'),
        event_time: at,
        authorizations: [
          { enterprise_id: null, team_id: ids.team, user_id: ids.botUser, is_bot: true, is_enterprise_install: false },
        ],
        is_ext_shared_channel: false,
      };
    },

    typed: (user: User, message: Message): Json => ({
      type: 'message',
      channel: message.channel,
      user: user.id,
      text: message.text,
      ts: message.ts,
      event_ts: message.ts,
      channel_type: 'im',
      team: ids.team,
      client_msg_id: workspace.newId('c'),
    }),

    /** https://docs.slack.dev/reference/events/message/file_share, https://docs.slack.dev/reference/objects/file-object */
    shared(user: User, message: Message, file: StoredFile): Json {
      const { client_msg_id: _, ...typed } = this.typed(user, message);
      const path = `/files-pri/${ids.team}-${file.id}/${encodeURIComponent(file.name)}`;
      const about = {
        id: file.id,
        name: file.name,
        size: file.bytes.length,
        user: user.id,
        mode: 'hosted',
        is_external: false,
        file_access: 'visible',
        url_private: `https://files.slack.com${path}`,
        url_private_download: `https://files.slack.com${path.replace(`/${file.id}`, `/${file.id}/download`)}`,
      };
      return { ...typed, subtype: 'file_share', upload: false, files: [about] };
    },

    command: (user: User, command: string, text: string, channel: { id: string; name: string }): Json => ({
      token,
      team_id: ids.team,
      team_domain: team.domain,
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: user.id,
      user_name: user.name,
      command,
      text: encoded(text).replace(/<@(\w+)>/g, (_, id: string) => `<@${id}|${workspace.users.get(id)?.name ?? 'somebody'}>`),
      api_app_id: ids.app,
      is_enterprise_install: 'false',
      response_url: workspace.addResponseUrl(user.id, channel.id),
      trigger_id: workspace.addTrigger(user.id),
    }),

    shortcut: (user: User, callbackId: string): Json => ({
      ...interaction('shortcut', user),
      action_ts: workspace.newTs(),
      callback_id: callbackId,
      trigger_id: workspace.addTrigger(user.id),
    }),

    press(user: User, button: SeenButton, on: { message: Message } | { view: StoredView }): Json {
      const action = {
        type: 'button',
        action_id: button.actionId,
        block_id: button.blockId,
        text: { type: 'plain_text', text: button.label, emoji: false },
        ...(button.value ? { value: button.value } : {}),
        ...(button.url ? { url: button.url } : {}),
        action_ts: workspace.newTs(),
      };
      const common = { ...interaction('block_actions', user), trigger_id: workspace.addTrigger(user.id), actions: [action] };
      if ('view' in on) return { ...common, view: shownView(on.view), container: { type: 'view', view_id: on.view.id } };
      const { message } = on;
      const ephemeral = message.onlyFor !== undefined;
      return {
        ...common,
        container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: ephemeral },
        channel: { id: message.channel, name: workspace.conversations.get(message.channel)?.name ?? '' },
        ...(ephemeral
          ? {}
          : {
              message: {
                type: 'message',
                user: ids.botUser,
                bot_id: ids.bot,
                ts: message.ts,
                text: message.text,
                blocks: message.blocks,
              },
            }),
        response_url: workspace.addResponseUrl(user.id, message.channel, message),
      };
    },

    submission: (user: User, view: StoredView, values: Json): Json => ({
      ...interaction('view_submission', user),
      trigger_id: workspace.addTrigger(user.id),
      view: { ...shownView(view), state: { values } },
      response_urls: [],
    }),

    closed: (user: User, view: StoredView): Json => ({
      ...interaction('view_closed', user),
      view: shownView(view),
      is_cleared: false,
    }),
  };
}

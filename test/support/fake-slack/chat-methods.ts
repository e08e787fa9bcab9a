import { checkBlocks } from './blocks.ts';
import type { Json } from './rules.ts';
import type { Arguments } from './spec.ts';
import { type Conversation, ids, type Message, type Workspace } from './workspace.ts';

/** The answer of a method, or the error by which it refuses. */
export type Answer = Json | { refused: string; messages?: string[] };
export type Method = (args: Arguments) => Answer;

export const refused = (error: string, messages?: string[]): Answer => ({ refused: error, ...(messages ? { messages } : {}) });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The methods around messages, conversations and people. `told` is called with every message that changed. */
export function chatMethods(
  workspace: Workspace,
  told: (message: Message, change: 'posted' | 'changed' | 'deleted') => void,
): Record<string, Method> {
  const blocksOf = (args: Arguments): Json[] => (Array.isArray(args['blocks']) ? args['blocks'] : []);

  function contentProblem(args: Arguments): Answer | undefined {
    if (text(args['text']) === '')
      return refused('no_text', ['[ERROR] text must stand beside blocks: it is what notifications show']);
    if (args['attachments'] !== undefined) return refused('invalid_attachments');
    const errors = args['blocks'] === undefined ? [] : checkBlocks(args['blocks'], 'message', workspace.fileState);
    return errors.length > 0
      ? refused(
          'invalid_blocks',
          errors.map((error) => `[ERROR] ${error}`),
        )
      : undefined;
  }

  function conversationOf(id: string): Conversation | { error: string } {
    const conversation = workspace.users.has(id) ? workspace.direct(id) : workspace.conversations.get(id);
    if (!conversation) return { error: 'channel_not_found' };
    if (conversation.user && workspace.users.get(conversation.user)?.deleted) return { error: 'channel_not_found' };
    if (conversation.archived) return { error: 'is_archived' };
    if (!conversation.members.has(ids.botUser)) return { error: 'not_in_channel' };
    return conversation;
  }

  const shown = (message: Message): Json => ({
    type: 'message',
    user: ids.botUser,
    bot_id: ids.bot,
    app_id: ids.app,
    team: ids.team,
    text: message.text,
    ts: message.ts,
    blocks: message.blocks,
  });

  return {
    'auth.test': () => ({
      url: 'https://regulars.slack.com/',
      team: 'Regulars',
      user: 'regulars',
      team_id: ids.team,
      user_id: ids.botUser,
      bot_id: ids.bot,
      is_enterprise_install: false,
    }),

    'chat.postMessage': (args) => {
      const conversation = conversationOf(text(args['channel']));
      if ('error' in conversation) return refused(conversation.error);
      const problem = contentProblem(args);
      if (problem) return problem;
      const message = workspace.addMessage({
        channel: conversation.id,
        from: ids.botUser,
        text: text(args['text']),
        blocks: blocksOf(args),
      });
      told(message, 'posted');
      return { channel: conversation.id, ts: message.ts, message: shown(message) };
    },

    'chat.postEphemeral': (args) => {
      const conversation = conversationOf(text(args['channel']));
      if ('error' in conversation)
        return refused(conversation.error === 'not_in_channel' ? 'channel_not_found' : conversation.error);
      const user = text(args['user']);
      if (!conversation.members.has(user)) return refused('user_not_in_channel');
      const problem = contentProblem(args);
      if (problem) return problem;
      const message = workspace.addMessage({
        channel: conversation.id,
        from: ids.botUser,
        text: text(args['text']),
        blocks: blocksOf(args),
        onlyFor: user,
      });
      return { message_ts: message.ts };
    },

    'chat.update': (args) => {
      const conversation = conversationOf(text(args['channel']));
      if ('error' in conversation) return refused(conversation.error);
      const message = workspace.message(conversation.id, text(args['ts']));
      if (!message || message.onlyFor) return refused('message_not_found');
      if (message.from !== ids.botUser) return refused('cant_update_message');
      const problem = contentProblem(args);
      if (problem) return problem;
      Object.assign(message, {
        text: text(args['text']),
        blocks: workspace.newView('', { blocks: blocksOf(args) }).view['blocks'],
        edited: message.edited + 1,
      });
      told(message, 'changed');
      return { channel: conversation.id, ts: message.ts, text: message.text, message: shown(message) };
    },

    'chat.delete': (args) => {
      const message = workspace.message(text(args['channel']), text(args['ts']));
      if (!message || message.onlyFor) return refused('message_not_found');
      if (message.from !== ids.botUser) return refused('cant_delete_message');
      workspace.messages.splice(workspace.messages.indexOf(message), 1);
      told(message, 'deleted');
      return { channel: message.channel, ts: message.ts };
    },

    'conversations.open': (args) => {
      const users = text(args['users']).split(',').filter(Boolean);
      const [user] = users;
      if (!user || users.length > 1) return refused(user ? 'method_not_supported_for_channel_type' : 'users_list_not_supplied');
      const found = workspace.users.get(user);
      if (!found) return refused('user_not_found');
      if (found.deleted) return refused('user_disabled');
      return { no_op: false, already_open: false, channel: { id: workspace.direct(user).id } };
    },

    'users.info': (args) => {
      const user = workspace.users.get(text(args['user']));
      if (!user) return refused('user_not_found');
      const profile = { real_name: user.realName, display_name: '', first_name: user.realName.split(' ')[0] };
      return {
        user: {
          id: user.id,
          team_id: ids.team,
          name: user.name,
          deleted: user.deleted,
          real_name: user.realName,
          profile,
          is_bot: false,
          ...(args['include_locale'] ? { locale: user.locale } : {}),
        },
      };
    },
  };
}

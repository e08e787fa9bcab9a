import { checkView } from './blocks.ts';
import { type Answer, type Method, refused } from './chat-methods.ts';
import { isJson, type Json } from './rules.ts';
import type { Arguments } from './spec.ts';
import { ids, type Message, type StoredView, type Workspace } from './workspace.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The methods around modals and homes. */
export function viewMethods(workspace: Workspace): Record<string, Method> {
  const problemOf = (view: unknown, type: 'modal' | 'home'): Answer | undefined => {
    const errors = checkView(view, type, workspace.fileState);
    return errors.length > 0
      ? refused(
          'invalid_arguments',
          errors.map((error) => `[ERROR] ${error}`),
        )
      : undefined;
  };
  const stackOf = (user: string): StoredView[] => workspace.modals.get(user) ?? [];

  const opens = (args: Arguments, most: number, least: number): Answer => {
    const problem = problemOf(args['view'], 'modal');
    if (problem) return problem;
    const trigger = workspace.useTrigger(text(args['trigger_id']));
    if ('error' in trigger) return refused(trigger.error);
    const stack = stackOf(trigger.user);
    if (stack.length < least) return refused('not_found');
    const kept = most === 1 ? [] : stack;
    if (kept.length >= most) return refused('push_limit_reached');
    const view = workspace.newView(trigger.user, args['view'] as Json);
    workspace.modals.set(trigger.user, [...kept, view]);
    return { view: shownView(view) };
  };

  return {
    'views.open': (args) => opens(args, 1, 0),
    'views.push': (args) => opens(args, 3, 1),

    'views.update': (args) => {
      const problem = problemOf(args['view'], 'modal');
      if (problem) return problem;
      const stored = [...workspace.modals.values()].flat().find(({ id }) => id === args['view_id']);
      if (!stored) return refused('not_found');
      if (args['hash'] !== undefined && args['hash'] !== stored.hash) return refused('hash_conflict');
      Object.assign(stored, workspace.newView(stored.user, args['view'] as Json, stored.id));
      return { view: shownView(stored) };
    },

    'views.publish': (args) => {
      const user = workspace.users.get(text(args['user_id']));
      if (!user) return refused('user_not_found');
      const problem = problemOf(args['view'], 'home');
      if (problem) return problem;
      const view = workspace.newView(user.id, args['view'] as Json, workspace.homes.get(user.id)?.id);
      workspace.homes.set(user.id, view);
      return { view: shownView(view) };
    },
  };
}

/** A view as payloads and answers carry it. */
export const shownView = ({ id, hash, view }: StoredView): Json => ({
  id,
  hash,
  team_id: ids.team,
  app_id: ids.app,
  bot_id: ids.bot,
  root_view_id: id,
  previous_view_id: null,
  callback_id: '',
  private_metadata: '',
  state: { values: {} },
  ...view,
});

/** The methods of an upload. `uploadUrl` is where the bytes go. */
export function fileMethods(
  workspace: Workspace,
  uploadUrl: (id: string) => string,
  told: (message: Message, change: 'posted') => void,
): Record<string, Method> {
  const expected = new Map<string, number>();
  return {
    'files.getUploadURLExternal': (args) => {
      const length = Number(args['length']);
      if (length < 1) return refused('invalid_arguments', ['[ERROR] must be greater than 1 [json-pointer:/length]']);
      const file = workspace.addFile(text(args['filename']), text(args['alt_text']));
      expected.set(file.id, length);
      return { upload_url: uploadUrl(file.id), file_id: file.id };
    },

    'files.completeUploadExternal': (args) => {
      const channel = text(args['channel_id']);
      const conversation = channel ? workspace.conversations.get(channel) : undefined;
      if (channel && !conversation) return refused('channel_not_found');
      if (conversation && !conversation.members.has(ids.botUser)) return refused('not_in_channel');
      const files = (Array.isArray(args['files']) ? args['files'] : [])
        .filter(isJson)
        .map(({ id }) => workspace.files.get(text(id)));
      if (files.length === 0 || files.some((file) => !file || file.bytes.length !== expected.get(file.id)))
        return refused('file_not_found');
      for (const file of files) {
        if (!file) continue;
        workspace.completeFile(file);
        if (conversation)
          told(
            workspace.addMessage({
              channel: conversation.id,
              from: ids.botUser,
              text: text(args['initial_comment']),
              blocks: [],
              file: file.id,
            }),
            'posted',
          );
      }
      return { files: files.map((file) => ({ id: file?.id, title: file?.name })) };
    },
  };
}

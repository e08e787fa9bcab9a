import type { MenuItem } from '../../chat/view.ts';
import { listened } from './listeners.ts';
import { cut } from './literal.ts';

export type ManifestOptions = {
  name: string;
  /** With its slash, at most 32 characters. */
  commandName: string;
  description: string;
  /** Where Slack calls us, without a path. Needed when `socketMode` is off. */
  publicUrl?: string;
  socketMode: boolean;
  /** The commands everybody has, for the hint beside the slash command. */
  commands: readonly MenuItem[];
};

/** The path under which Slack's calls come in. */
export const webhookPath = '/slack/events';

// What each listener and each call of ours needs, and nothing else.
const scopes = ['commands', 'chat:write', 'im:write', 'im:history', 'users:read', 'files:read', 'files:write'];

// https://docs.slack.dev/reference/app-manifest
const limits = {
  name: 35,
  description: 140,
  longDescription: 4000,
  hint: 1000,
  commandDescription: 2000,
  shortcutName: 24,
  shortcutDescription: 150,
};

/**
 * The app manifest to paste into Slack's "create an app" page, as an object.
 * @throws RangeError when Slack is to call us and no address is given
 */
export function slackManifest({ name, commandName, description, publicUrl, socketMode, commands }: ManifestOptions) {
  if (!socketMode && !publicUrl) throw new RangeError('without Socket Mode the manifest needs the public address');
  const url = socketMode ? {} : { request_url: new URL(webhookPath, publicUrl).href };
  const about = (command: string): string => commands.find((item) => item.name === command)?.about ?? command;
  return {
    display_information: {
      name: cut(name, limits.name),
      description: cut(description, limits.description),
      ...longDescription(description),
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: cut(name, 80), always_online: true },
      shortcuts: listened.shortcuts.map((shortcut) => ({
        name: shortName(shortcut, about(shortcut)),
        type: 'global',
        callback_id: shortcut,
        description: cut(about(shortcut), limits.shortcutDescription),
      })),
      slash_commands: [
        {
          command: commandName,
          ...(socketMode ? {} : { url: new URL(webhookPath, publicUrl).href }),
          description: cut(description, limits.commandDescription),
          usage_hint: usageHint(commands),
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: scopes } },
    settings: {
      event_subscriptions: { ...url, bot_events: listened.events.map((event) => (event === 'message' ? 'message.im' : event)) },
      interactivity: { is_enabled: true, ...url },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  };
}

// Slack takes it from 174 characters on, or not at all.
const longDescription = (text: string): { long_description?: string } =>
  text.length < 174 ? {} : { long_description: cut(text, limits.longDescription) };

// A name that is cut off says less than the command's own.
const shortName = (command: string, about: string): string =>
  about.length <= limits.shortcutName ? about : `${command.charAt(0).toUpperCase()}${command.slice(1)}`;

/** The names of the commands, as far as the hint goes. */
function usageHint(commands: readonly MenuItem[]): string {
  const names = commands.map(({ name }) => name);
  while (names.length > 1 && hint(names).length > limits.hint) names.pop();
  return hint(names);
}

const hint = (names: readonly string[]): string => `[${names.join(' | ')}]`;

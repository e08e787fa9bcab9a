import type { App, BlockButtonAction, GlobalShortcut, ViewClosedAction, ViewSubmitAction } from '@slack/bolt';
import { callbackIds } from './modal.ts';
import {
  type Context,
  type Happening,
  readClosed,
  readCommand,
  readDeactivated,
  readHomeOpened,
  readMessage,
  readPress,
  readShortcut,
  readSubmission,
} from './read.ts';
import { actionIds } from './render.ts';
import type { Turn } from './reply.ts';

/** What is listened to, as the manifest has to name it. `message` stands there as `message.im`: only the app's own direct chats. */
export const listened = {
  events: ['app_home_opened', 'app_uninstalled', 'message', 'user_change'],
  shortcuts: ['credit'],
} as const;

export type Listening = {
  happened(happening: Happening, turn: Turn): Promise<void>;
  deactivated(user: string): Promise<void>;
  uninstalled(): Promise<void>;
};

/** The part of a Bolt app that listeners are registered with. */
export type Registry = Pick<App, 'event' | 'command' | 'shortcut' | 'action' | 'view'>;

/** Registers every listener. `command` is the name of the slash command; a workspace may have given the app others: they count as well. */
export function registerListeners(app: Registry, command: string, on: Listening): void {
  const take = async (happening: Happening | undefined, context: Context): Promise<void> => {
    const turn: Turn = context['turn'];
    if (happening) await on.happened(happening, turn);
  };

  app.event('message', ({ body, context }) => take(readMessage(body), context));
  app.event('app_home_opened', ({ body, context }) => take(readHomeOpened(body), context));
  app.event('user_change', async ({ body }) => {
    const user = readDeactivated(body);
    if (user) await on.deactivated(user);
  });
  app.event('app_uninstalled', () => on.uninstalled());

  app.command(command, ({ body, context }) => take(readCommand(body), context));
  app.command(new RegExp(`^(?!${command.replace(/[^\w/]/g, '\\$&')}$)`), ({ body, context }) => take(readCommand(body), context));
  for (const shortcut of listened.shortcuts) {
    app.shortcut<GlobalShortcut>({ callback_id: shortcut, type: 'shortcut' }, ({ body, context }) =>
      take(readShortcut(body), context),
    );
  }

  app.action<BlockButtonAction>({ type: 'block_actions', action_id: new RegExp(`^${actionIds.does}`) }, ({ body, context }) =>
    take(readPress(body), context),
  );
  const ours = new RegExp(`^(${callbackIds.form}|${callbackIds.step})$`);
  app.view<ViewSubmitAction>({ callback_id: ours, type: 'view_submission' }, ({ body, context }) =>
    take(readSubmission(body), context),
  );
  app.view<ViewClosedAction>({ callback_id: ours, type: 'view_closed' }, ({ body, context }) => take(readClosed(body), context));
}

import { App, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClient, WebClientOptions } from '@slack/web-api';
import type { ChannelTools, Listener } from '../../chat/channel.ts';
import { Away } from './away.ts';
import { createDoor, type Treat } from './door.ts';
import { type Listening, registerListeners } from './listeners.ts';
import { webhookPath } from './manifest.ts';
import { boltLogger } from './secrets.ts';
import { keepConnected } from './socket.ts';
import { openSpool } from './spool.ts';
import { watchToken } from './token.ts';
import { createWebhook } from './webhook.ts';

export type StartOptions = {
  client: WebClient;
  clientOptions: WebClientOptions;
  botToken: string;
  appToken: string | undefined;
  signingSecret: string | undefined;
  commandName: string;
  spoolDir: string;
  tools: ChannelTools;
  now(): number;
};

const adoptEveryMs = 20_000;

/** Begins to listen: through the socket when there is an app token, else for calls that the web server hands in. */
export async function startListening(options: StartOptions, on: Omit<Listening, 'uninstalled'>): Promise<Listener> {
  const { tools, now, appToken, signingSecret } = options;
  const token = watchToken(options.client, tools.log);
  const spool = await openSpool(options.spoolDir);
  const receiver = appToken === undefined ? noReceiver : socketReceiver(options, appToken);
  const { app, treat } = createApp(options, receiver, {
    ...on,
    uninstalled: async () => token.refuse('the app was uninstalled from the workspace'),
  });
  const door = createDoor({ treat, spool, putAside: tools.putAside, log: tools.log, now });

  // Bolt acknowledges events before its listeners have ended; here the door decides, after the effect.
  app.processEvent = async ({ body, ack }) => door.admit({ body, ack });

  const adopt = () => door.adopt().catch((error: unknown) => tools.log.warn({ err: error }, 'kept events could not be read'));
  await adopt();
  const adopting = setInterval(adopt, adoptEveryMs).unref();
  const socket = receiver instanceof SocketModeReceiver ? keepConnected(receiver.client, tools.log) : undefined;
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    clearInterval(adopting);
    await door.close();
    await socket?.stop();
    token.stop();
  }

  return {
    ready() {
      if (door.waiting() > 0) return `${door.waiting()} events from Slack wait for the database`;
      const known = token.ready();
      return known === true ? (socket?.ready() ?? true) : known;
    },
    ...(signingSecret !== undefined && !socket
      ? { webhook: { path: webhookPath, fetch: createWebhook({ signingSecret, door, putAside: tools.putAside, now }) } }
      : {}),
    stop: () => (stopped ??= stop()),
  };
}

/** The Bolt app that takes events apart and finds their listeners. What a listener throws comes out of `treat` as it was thrown. */
function createApp(
  { botToken, clientOptions, commandName, tools }: StartOptions,
  receiver: Receiver,
  on: Listening,
): { app: App; treat: Treat } {
  const logger = boltLogger(tools.log);
  const app = new App({
    receiver,
    authorize: async () => ({ botToken }),
    clientOptions,
    logger,
    ignoreSelf: false,
    convoStore: false,
  });
  app.error(async (error) => {
    throw error;
  });
  registerListeners(app, commandName, on);
  const process = app.processEvent.bind(app);
  const treat: Treat = async (body, turn) => {
    try {
      await process({ body, ack: async () => {}, customProperties: { turn } });
    } catch (error) {
      throw thrown(error);
    }
  };
  return { app, treat };
}

// Bolt wraps errors that have no code.
const thrown = (error: unknown): unknown =>
  error instanceof Error && 'original' in error && error.original instanceof Away ? error.original : error;

const noReceiver: Receiver = { init: () => {}, start: async () => {}, stop: async () => {} };

const socketReceiver = ({ clientOptions, tools }: StartOptions, appToken: string): SocketModeReceiver =>
  new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions },
    logger: boltLogger(tools.log),
  });

import { setTimeout as pause } from 'node:timers/promises';
import { checkBlocks } from './blocks.ts';
import { type Answer, chatMethods, refused } from './chat-methods.ts';
import { createDelivery } from './delivery.ts';
import { createFaults } from './faults.ts';
import { createPayloads } from './payloads.ts';
import { createPerson, type Person } from './person.ts';
import type { Json } from './rules.ts';
import { fileMethods, viewMethods } from './view-methods.ts';
import { createWeb } from './web.ts';
import { acceptWebSocket } from './websocket.ts';
import { createWorkspace, ids, type Message } from './workspace.ts';

export { signed } from './delivery.ts';
export type { Person, SeenMessage } from './person.ts';

export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;

type Options = {
  /** How long an upload can't be shown yet. */
  processingMs?: number;
  /** How long Slack waits for an acknowledgement. */
  ackWithinMs?: number;
  /** How long it waits before it tells an event again; a minute and five in reality. */
  retryGapsMs?: readonly number[];
};

/**
 * A strict Slack on loopback: Web API, uploads, response URLs, Socket Mode, and calls over HTTP once `connectHttp` was called. It knows
 * the published methods only, refuses what the specification refuses, and numbers what it accepts.
 */
export async function startFakeSlack({ processingMs = 0, ackWithinMs = 3000, retryGapsMs = [50, 400, 800] }: Options = {}) {
  const botToken = 'xoxb-fake-slack-bot-token';
  const appToken = 'xapp-1-fake-slack-app-token';
  const signingSecret = 'fake-signing-secret';
  const workspace = createWorkspace({ processingMs });
  const faults = createFaults();
  const delivery = createDelivery({ signingSecret, ackWithinMs, retryGapsMs, now: workspace.now });
  const payloads = createPayloads(workspace);
  let url = '';
  let tickets = 0;

  // Slack tells an app of its own messages too.
  function told(message: Message, change: 'posted' | 'changed' | 'deleted'): void {
    if (!workspace.conversations.get(message.channel)?.user || !delivery.isConnected()) return;
    const common = { type: 'message', channel: message.channel, channel_type: 'im', event_ts: workspace.newTs(), ts: message.ts };
    const content = { user: ids.botUser, bot_id: ids.bot, app_id: ids.app, text: message.text, blocks: message.blocks };
    const event =
      change === 'posted'
        ? { ...common, ...content }
        : { ...common, hidden: true, subtype: `message_${change}`, message: { type: 'message', ts: message.ts, ...content } };
    void delivery.tell({ kind: 'events_api', payload: payloads.event(event) }).catch(() => {});
  }

  const web = createWeb({
    workspace,
    faults,
    tokenFor: (method) => (method === 'apps.connections.open' ? appToken : botToken),
    methods: () => ({
      ...chatMethods(workspace, told),
      ...viewMethods(workspace),
      ...files,
      'apps.connections.open': () => ({ url: `${url.replace('http', 'ws')}/link/?ticket=${++tickets}&app_id=${ids.app}` }),
    }),
    respond,
  });
  const files = fileMethods(workspace, (id) => `${url}/upload/${id}`, told);

  /** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
  function respond(id: string, body: Json): Answer {
    const unknown = Object.keys(body).filter(
      (key) => !['text', 'blocks', 'response_type', 'replace_original', 'delete_original', 'thread_ts'].includes(key),
    );
    if (unknown.length > 0)
      return refused(
        'invalid_arguments',
        unknown.map((key) => `[ERROR] no such argument: ${key}`),
      );
    const errors = body['blocks'] === undefined ? [] : checkBlocks(body['blocks'], 'message', workspace.fileState);
    if (errors.length > 0)
      return refused(
        'invalid_blocks',
        errors.map((error) => `[ERROR] ${error}`),
      );
    if (typeof body['text'] !== 'string' || body['text'] === '') return refused('no_text');
    const found = workspace.useResponseUrl(id);
    if ('error' in found) return refused(found.error);
    const blocks = (body['blocks'] ?? []) as Json[];
    if (body['replace_original'] === true && found.message) {
      const { message } = found;
      Object.assign(message, {
        text: body['text'],
        blocks: workspace.newView('', { blocks }).view['blocks'],
        edited: message.edited + 1,
      });
      return {};
    }
    const onlyFor = body['response_type'] === 'in_channel' ? {} : { onlyFor: found.user };
    workspace.addMessage({ channel: found.channel, from: ids.botUser, text: body['text'], blocks, ...onlyFor });
    return {};
  }

  web.server.on('upgrade', (request, socket) => {
    const line = acceptWebSocket(request, socket, { heard: delivery.heard, ended: () => {} });
    delivery.addLine(line);
    line.send(
      JSON.stringify({
        type: 'hello',
        num_connections: delivery.lines().length,
        connection_info: { app_id: ids.app },
        debug_info: {},
      }),
    );
  });

  url = await web.start();
  // Addresses for answers are told in full.
  const idOnly = workspace.addResponseUrl;
  workspace.addResponseUrl = (...about) => `${url}/response/${idOnly(...about)}`;

  const cutSockets = (): void => {
    for (const line of delivery.lines()) line.cut();
  };
  const say = (event: Json) => delivery.tell({ kind: 'events_api', payload: payloads.event(event) });
  return {
    url,
    apiUrl: `${url}/api/`,
    botToken,
    appToken,
    signingSecret,
    workspace,
    faults,
    calls: web.calls,
    /** What was asked for and refused. */
    refusals: web.refusals,
    attempts: delivery.attempts,
    wrongAcks: delivery.wrongAcks,
    connectHttp: delivery.connectHttp,
    tell: delivery.tell,
    tellEvent: say,
    isConnected: delivery.isConnected,
    person: (name: string, locale = 'en-US'): Person => createPerson(workspace.addUser(name, locale), workspace, delivery),
    /** A channel with these people; with the app only when it was invited. */
    channel(name: string, people: readonly Person[], { invited = false } = {}): string {
      const members = [...people.map(({ id }) => id), ...(invited ? [ids.botUser] : [])];
      return workspace.addConversation(workspace.newId('C'), name, members).id;
    },
    async deactivates(person: Person): Promise<void> {
      const user = workspace.users.get(person.id);
      if (user) user.deleted = true;
      await say({ type: 'user_change', user: { id: person.id, name: person.name, deleted: true }, event_ts: workspace.newTs() });
    },
    /** Slack moves the sockets: it asks for a new connection, or just breaks. */
    refreshSockets(): void {
      const message = JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} });
      for (const line of delivery.lines()) line.send(message);
    },
    cutSockets,
    /** Nobody answers until `comesBack`. */
    async goesAway(): Promise<void> {
      cutSockets();
      await web.close();
      // Clients learn that their kept connections are gone; a request on one of those would be an unknown, not a refused connection.
      await pause(50);
    },
    comesBack: web.again,
    async close(): Promise<void> {
      cutSockets();
      if (web.server.listening) await web.close();
    },
  };
}

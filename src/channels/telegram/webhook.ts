import { createHash, timingSafeEqual } from 'node:crypto';
import type { Update } from 'grammy/types';
import type { ChannelTools, Listener } from '../../chat/channel.ts';
import type { Bot } from './bot.ts';
import { createLanes } from './lanes.ts';
import { bodyBytes } from './limits.ts';
import { growingMs, pause } from './pause.ts';
import { updateKinds } from './read.ts';
import { laneOf, type Take } from './take.ts';

/** Where Telegram calls us, below the public address. */
const path = '/telegram';
/** How many updates Telegram may send at a time, and how many chats are served side by side. */
const connectionCount = 40;
const retryAfterS = 5;

export type WebhookSettings = {
  /** 1–256 of `[A-Za-z0-9_-]`: https://core.telegram.org/bots/api#setwebhook */
  secret: string;
  /** Where the world reaches this server, `https://…`. */
  publicUrl: string;
};

/** Tells Telegram where to call, and takes what it sends. An update is answered when it is handled: until then Telegram keeps it. */
export function startWebhook(bot: Bot, settings: WebhookSettings, take: Take, log: ChannelTools['log']): Listener {
  const stopping = new AbortController();
  const lanes = createLanes(connectionCount);
  let state: true | string = 'the webhook is not set yet';

  async function register(): Promise<void> {
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      try {
        await setWebhook(bot, settings);
        state = true;
        return;
      } catch (error) {
        state = `the webhook could not be set (${error instanceof Error ? error.message : String(error)})`;
        log.warn({ err: error }, state);
        await pause(growingMs(tries, 1000, 60_000), stopping.signal);
      }
    }
  }

  async function fetch(request: Request): Promise<Response> {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    if (!sameSecret(request.headers.get('x-telegram-bot-api-secret-token') ?? '', settings.secret))
      return new Response(null, { status: 401 });
    if (stopping.signal.aborted) return later();
    const body = await bodyOf(request);
    if (body === undefined) return new Response(null, { status: 413 });
    const update = updateOf(body);
    if (!update) return new Response(null, { status: 400 });
    try {
      await lanes.run(laneOf(update), () => take(update, stopping.signal));
      return new Response(null, { status: 200 });
    } catch (error) {
      log.warn({ event: `telegram-${update.update_id}`, err: error }, 'an update waits');
      return later();
    }
  }

  const registering = register();
  return {
    ready: () => state,
    webhook: { path, fetch },
    async stop() {
      stopping.abort();
      await registering;
      await lanes.idle();
      state = 'stopped';
    },
  };
}

/** Sets the webhook when it is not as it should be, or when Telegram's last call failed for a wrong secret, which it does not show. */
async function setWebhook({ api, me }: Bot, { secret, publicUrl }: WebhookSettings): Promise<void> {
  await me();
  const url = `${publicUrl.replace(/\/+$/, '')}${path}`;
  const now = await api.getWebhookInfo();
  const sameKinds = [...(now.allowed_updates ?? [])].sort().join() === [...updateKinds].sort().join();
  const refused = now.last_error_message?.includes('401') === true;
  if (now.url === url && sameKinds && now.max_connections === connectionCount && !refused) return;
  await api.setWebhook(url, { secret_token: secret, allowed_updates: updateKinds, max_connections: connectionCount });
}

/** Compared by digest, so that neither content nor length shows in the time it takes. */
function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** The body; undefined when it is too long, whatever its header says. */
async function bodyOf(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > bodyBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > bodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function updateOf(body: string): Update | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const is = typeof value === 'object' && value !== null && 'update_id' in value && Number.isSafeInteger(value.update_id);
    return is ? (value as Update) : undefined;
  } catch {
    return undefined;
  }
}

const later = () => new Response(null, { status: 503, headers: { 'retry-after': String(retryAfterS) } });

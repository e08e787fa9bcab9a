import { badRequest, mistake, Refused } from './refused.ts';

/** One event for the bot: `update_id`, and one field that says of which kind it is. */
export type Update = { update_id: number } & Record<string, unknown>;

type Hook = { url: string; secret: string | undefined; maxConnections: number };
export type Inbox = ReturnType<typeof createInbox>;

/**
 * Keeps what the bot has not confirmed, and hands it over: to a poller until a later offset confirms it, or to a webhook, in order
 * within a chat, until it answers 2xx. `secondMs` is how long a second of Telegram's waits lasts here.
 */
export function createInbox(firstId: number, secondMs: number) {
  let nextId = firstId;
  let pending: Update[] = [];
  let allowed: readonly string[] = [];
  let poller: { wake(): void; drop(): void } | undefined;
  let hook: Hook | undefined;
  let lastError: { last_error_date: number; last_error_message: string } | undefined;
  let rivals = false;
  const lanes = new Map<string, Promise<void>>();

  async function take(params: Record<string, unknown>, gone: AbortSignal): Promise<Update[]> {
    const {
      offset = 0,
      limit = 100,
      timeout = 0,
      allowed_updates,
    } = params as { offset?: number; limit?: number; timeout?: number; allowed_updates?: string[] };
    if (limit < 1 || limit > 100) mistake('limit must be in 1..100');
    if (timeout < 0) mistake('timeout must not be negative');
    if (hook)
      throw new Refused(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    if (rivals) throw conflict();
    if (allowed_updates) allowed = allowed_updates;
    poller?.drop();
    pending = offset < 0 ? pending.slice(offset) : pending.filter(({ update_id }) => update_id >= offset);
    if (pending.length === 0 && timeout > 0) await wait(timeout * secondMs, gone);
    return pending.slice(0, limit);
  }

  /** Until something arrives, the time is over, the caller hangs up, or another poller comes (which is refused). */
  function wait(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        clearTimeout(timer);
        gone.removeEventListener('abort', wake);
        if (poller === self) poller = undefined;
        settle();
      };
      const wake = end(resolve);
      const timer = setTimeout(wake, ms);
      const self = { wake, drop: end(() => reject(conflict())) };
      poller = self;
      gone.addEventListener('abort', wake);
    });
  }

  function push(chatId: number, kind: string, content: unknown): Update | undefined {
    if (allowed.length > 0 ? !allowed.includes(kind) : kind === 'chat_member') return undefined;
    const update: Update = { update_id: nextId++, [kind]: content };
    pending.push(update);
    if (hook) enlane(update, String(chatId));
    poller?.wake();
    return update;
  }

  function enlane(update: Update, lane: string): void {
    const before = lanes.get(lane) ?? Promise.resolve();
    lanes.set(
      lane,
      before.then(() => deliver(update)),
    );
  }

  async function deliver(update: Update): Promise<void> {
    const target = hook;
    for (let tries = 1; target && hook === target && pending.includes(update); tries++) {
      const failure = await post(target, update);
      if (failure) {
        lastError = { last_error_date: Math.floor(Date.now() / 1000), last_error_message: failure.sentence };
        await new Promise((resolve) => setTimeout(resolve, (failure.retryAfterS || Math.min(tries, 60)) * secondMs));
      } else pending = pending.filter((one) => one !== update);
    }
  }

  return {
    take,
    push,
    /** What was not confirmed yet. */
    pending: (): readonly Update[] => pending,
    hook({ allowed: kinds, drop, ...target }: Hook & { allowed: string[] | undefined; drop: boolean }): void {
      if (drop) pending = [];
      if (kinds) allowed = kinds;
      hook = target.url === '' ? undefined : target;
      lastError = undefined;
      for (const update of pending) enlane(update, chatOf(update));
    },
    unhook(drop: boolean): void {
      hook = undefined;
      if (drop) pending = [];
    },
    hookInfo: () => ({
      url: hook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: pending.length,
      ...(hook ? { max_connections: hook.maxConnections } : {}),
      ...(allowed.length > 0 ? { allowed_updates: allowed } : {}),
      ...lastError,
    }),
    /** Another program polls with the same token: every poll is refused while this is on. */
    rivals(on: boolean): void {
      rivals = on;
      if (on) poller?.drop();
    },
    close(): void {
      hook = undefined;
      poller?.wake();
    },
  };
}

/** Posts an update; undefined when it was taken. */
async function post({ url, secret }: Hook, update: Update): Promise<{ sentence: string; retryAfterS: number } | undefined> {
  const headers = { 'content-type': 'application/json', ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}) };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(update) });
    await response.arrayBuffer();
    if (response.ok) return undefined;
    const sentence = `Wrong response from the webhook: ${response.status} ${response.statusText}`;
    return { sentence, retryAfterS: Number(response.headers.get('retry-after') ?? 0) };
  } catch {
    return { sentence: 'Connection refused', retryAfterS: 0 };
  }
}

const conflict = () =>
  new Refused(409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running');

function chatOf(update: Update): string {
  const event = Object.values(update).find((value) => typeof value === 'object') as {
    chat?: { id: number };
    message?: { chat: { id: number } };
  };
  const chat = event?.chat ?? event?.message?.chat;
  if (!chat) badRequest('an update without a chat');
  return String(chat.id);
}

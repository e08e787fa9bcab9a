import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from './rules.ts';
import type { Line } from './websocket.ts';

/** Something Slack tells the app. Events are told again when they are not acknowledged; the rest fails in front of the person. */
export type Telling = { kind: 'events_api' | 'slash_commands' | 'interactive'; payload: Json };
/** Each attempt to tell it, for tests: `ackMs` is absent when it was not acknowledged. */
export type Attempt = { kind: Telling['kind']; id: string; retry: number; ackMs?: number; status?: number };

export type Delivery = ReturnType<typeof createDelivery>;

/** What the person sees when the app does not answer in time, or wrongly. */
class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged';
}

type Options = { signingSecret: string; ackWithinMs: number; retryGapsMs: readonly number[]; now(): number };
type Outcome = { payload: Json | undefined } | undefined;

/** Tells the app what happened, through the socket or by HTTP. */
export function createDelivery({ signingSecret, ackWithinMs, retryGapsMs, now }: Options) {
  const lines: Line[] = [];
  const open = new Map<string, { accepts: boolean; acknowledge(payload: Json): void }>();
  const attempts: Attempt[] = [];
  const wrongAcks: string[] = [];
  let post: ((request: Request) => Promise<Response>) | undefined;
  let turn = 0;

  async function tell(telling: Telling): Promise<Json | undefined> {
    const gaps = telling.kind === 'events_api' ? retryGapsMs : [];
    for (const [retry, gapMs] of [0, ...gaps].entries()) {
      if (gapMs > 0) await pause(gapMs);
      const outcome = await attempt(telling, retry);
      if (outcome) return outcome.payload;
    }
    throw new NotAcknowledged(`${telling.kind} was not acknowledged`);
  }

  async function attempt(telling: Telling, retry: number): Promise<Outcome> {
    const noted: Attempt = {
      kind: telling.kind,
      id: String(telling.payload['event_id'] ?? telling.payload['trigger_id'] ?? ''),
      retry,
    };
    attempts.push(noted);
    const began = Date.now();
    const outcome = await (post ? byHttp(post, telling, retry, noted) : bySocket(telling, retry));
    if (outcome) noted.ackMs = Date.now() - began;
    return outcome;
  }

  async function bySocket({ kind, payload }: Telling, retry: number): Promise<Outcome> {
    const line = await nextLine();
    if (!line) return undefined;
    const envelope = randomUUID();
    const accepts = kind !== 'events_api';
    const acknowledged = new Promise<Outcome>((resolve) => {
      open.set(envelope, {
        accepts,
        acknowledge: (answer) => resolve({ payload: Object.keys(answer).length > 0 ? answer : undefined }),
      });
    });
    const retries = kind === 'events_api' ? { retry_attempt: retry, retry_reason: retry > 0 ? 'timeout' : '' } : {};
    line.send(JSON.stringify({ envelope_id: envelope, type: kind, payload, accepts_response_payload: accepts, ...retries }));
    return Promise.race([acknowledged, pause(ackWithinMs, undefined)]);
  }

  async function nextLine(): Promise<Line | undefined> {
    for (let waited = 0; waited < ackWithinMs; waited += 20) {
      const ready = lines.filter((line) => line.open);
      const line = ready[turn++ % Math.max(ready.length, 1)];
      if (line) return line;
      await pause(20);
    }
    return undefined;
  }

  async function byHttp(
    send: NonNullable<typeof post>,
    { kind, payload }: Telling,
    retry: number,
    noted: Attempt,
  ): Promise<Outcome> {
    const [type, body] =
      kind === 'events_api'
        ? ['application/json', JSON.stringify(payload)]
        : [
            'application/x-www-form-urlencoded',
            new URLSearchParams(kind === 'interactive' ? { payload: JSON.stringify(payload) } : entries(payload)).toString(),
          ];
    const request = signed({ body, type, secret: signingSecret, at: now(), ...(retry > 0 ? { retry } : {}) });
    const response = await Promise.race([send(request).catch(() => undefined), pause(ackWithinMs, undefined)]);
    if (response) noted.status = response.status;
    if (response?.status !== 200) return undefined;
    const text = await response.text();
    return { payload: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    tell,
    attempts,
    wrongAcks,
    connectHttp(target: (request: Request) => Promise<Response>): void {
      post = target;
    },
    isConnected: (): boolean => post !== undefined || lines.some((line) => line.open),
    addLine(line: Line): void {
      lines.push(line);
    },
    lines: (): readonly Line[] => lines.filter((line) => line.open),
    /** An acknowledgement came through a line; anything that is none is noted. */
    heard(text: string): void {
      const { envelope_id: id, payload, ...rest }: Json = JSON.parse(text);
      const waiting = open.get(String(id));
      const answer = typeof payload === 'object' && payload !== null ? { ...payload } : {};
      if (!waiting || Object.keys(rest).length > 0 || (!waiting.accepts && Object.keys(answer).length > 0)) wrongAcks.push(text);
      else waiting.acknowledge(answer);
    },
  };
}

const entries = (payload: Json): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));

/** A request as Slack signs it. Source: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function signed({
  body,
  type,
  secret,
  at,
  retry,
}: {
  body: string;
  type: string;
  secret: string;
  at: number;
  retry?: number;
}): Request {
  const timestamp = String(Math.floor(at / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const retries: Record<string, string> =
    retry === undefined ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' };
  return new Request('http://app.example/slack/events', {
    method: 'POST',
    headers: { 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature, ...retries },
    body,
  });
}

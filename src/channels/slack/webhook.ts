import { createHash } from 'node:crypto';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import type { ChannelTools } from '../../chat/channel.ts';
import type { Door } from './door.ts';

const maxBytes = 1024 * 1024;

/**
 * Slack's calls over HTTP: events, commands and interactions alike. 401 for a signature that is wrong or over five minutes old, 413 over
 * 1 MB, 503 when an event could neither be treated nor kept; 200 only for what can't be lost any more.
 */
export function createWebhook(options: {
  signingSecret: string;
  door: Pick<Door, 'admit'>;
  putAside: ChannelTools['putAside'];
  now(): number;
}) {
  const { signingSecret, door, now } = options;

  return async function answer(request: Request): Promise<Response> {
    if (request.method !== 'POST') return status(405, { allow: 'POST' });
    const raw = await readBody(request);
    if (raw === undefined) return status(413);
    const form = isForm(request) ? parse(raw) : undefined;
    // Slack's check of our certificate comes without a signature, and has no effect.
    if (form?.['ssl_check']) return status(200);
    const headers = {
      'x-slack-signature': request.headers.get('x-slack-signature') ?? '',
      'x-slack-request-timestamp': Number(request.headers.get('x-slack-request-timestamp') ?? Number.NaN),
    };
    if (!isValidSlackRequest({ signingSecret, body: raw, headers, nowMilliseconds: now() })) return status(401);
    const body = readPayload(raw, form);
    if (!body) {
      await options.putAside(`slack-${createHash('sha256').update(raw).digest('hex')}`, raw, new SyntaxError('not JSON'));
      return status(200);
    }
    if (body['type'] === 'url_verification') return Response.json({ challenge: body['challenge'] });
    return admitted(body);
  };

  function admitted(body: Record<string, unknown>): Promise<Response> {
    return new Promise((resolve) => {
      const ack = async (payload?: object): Promise<void> => resolve(payload ? Response.json(payload) : status(200));
      door.admit({ body, ack }).catch(() => resolve(status(503, { 'retry-after': '5' })));
    });
  }
}

const status = (code: number, headers: Record<string, string> = {}): Response => new Response(null, { status: code, headers });

const isForm = (request: Request): boolean =>
  request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;

/** The whole body, or undefined when it is too long: then the rest is not read. */
async function readBody(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The event in a body: JSON, or a form whose `payload` is JSON (interactions), or a form that is the event (commands). */
function readPayload(raw: string, form: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (form && typeof form['payload'] !== 'string') return { ...form };
  try {
    const body: unknown = JSON.parse(form ? String(form['payload']) : raw);
    return typeof body === 'object' && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

import type { Log } from '../../chat/channel.ts';
import type { Asset } from './assets.ts';
import { type PlaygroundClock, readAdvance } from './clock.ts';
import { type createDesk, photoEvent, readEvent } from './events.ts';
import { limits } from './limits.ts';
import type { Message, Messages } from './messages.ts';
import { readPhoto } from './photos.ts';
import { checkOrigin, Refused, readJson } from './requests.ts';
import { type Bell, streamBody } from './stream.ts';

type Site = {
  assets: Map<string, Asset>;
  desk: ReturnType<typeof createDesk>;
  messages: Messages;
  clock: PlaygroundClock;
  bell: Bell;
  state(): Promise<object>;
  origin: string;
  log: Log;
};

// Nothing from elsewhere, and nothing written into the page as markup can run.
const safety = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

const noContent = () => new Response(null, { status: 204 });

function answerAsset(asset: Asset, request: Request): Response {
  const headers = { etag: asset.tag, 'cache-control': 'no-cache', 'content-type': asset.type };
  if (request.headers.get('if-none-match') === asset.tag) return new Response(null, { status: 304, headers });
  return new Response(asset.bytes, { headers });
}

function answerPicture(message: Message | undefined, hash: string): Response {
  const image = message && 'view' in message.content ? message.content.view.image : undefined;
  if (!image?.png || image.hash !== hash) throw new Refused(404, 'That picture is gone.');
  // Its address holds its hash: it never changes.
  const headers = { 'content-type': 'image/png', 'cache-control': 'private, max-age=31536000, immutable' };
  return new Response(new Uint8Array(Buffer.from(image.png, 'base64')), { headers });
}

function answerFile(message: Message | undefined): Response {
  const file = message && 'view' in message.content ? message.content.view.file : undefined;
  if (file?.bytes === undefined) throw new Refused(404, 'That file is gone.');
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'cache-control': 'no-store',
  };
  return new Response(new Uint8Array(Buffer.from(file.bytes, 'base64')), { headers });
}

/** The page, its files, and what the page asks for, as one Fetch handler. `close` ends the open streams and takes nothing new. */
export function createSite(site: Site) {
  const { assets, desk, messages, clock, bell, log } = site;
  const stopped = new AbortController();
  let streams = 0;

  function openStream(request: Request): Response {
    if (streams >= limits.streams || stopped.signal.aborted) throw new Refused(503, 'Too many pages are open.');
    const after = Number(request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) throw new Refused(400, 'There is no such message.');
    streams++;
    let open = true;
    const ended = (error?: unknown) => {
      if (open) streams--;
      open = false;
      if (error) log.warn({ err: error }, 'a page of the playground lost its messages; it asks again');
    };
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return new Response(streamBody(site, after, stopped.signal, ended), { headers });
  }

  async function get(path: string, request: Request): Promise<Response> {
    if (path === '/playground/stream' && request.method === 'GET') return openStream(request);
    const [, kind, id, hash] = /^\/playground\/(pictures|files)\/(\d{1,15})(?:\/([0-9a-f]{16})\.png)?$/.exec(path) ?? [];
    if (kind === 'pictures' && hash) return answerPicture(await messages.find(Number(id)), hash);
    if (kind === 'files' && !hash) return answerFile(await messages.find(Number(id)));
    const asset = assets.get(path === '/' ? 'index.html' : path.slice('/playground/'.length));
    if (!asset || (path !== '/' && !path.startsWith('/playground/'))) throw new Refused(404, 'There is nothing here.');
    return answerAsset(asset, request);
  }

  async function post(path: string, request: Request): Promise<Response> {
    if (stopped.signal.aborted) throw new Refused(503, 'The playground is closing. It is tried again.');
    if (path === '/playground/photos') {
      const { fields, name, photo } = await readPhoto(request);
      await desk.take(photoEvent(fields, name, photo));
      bell.ring();
      return noContent();
    }
    const body = await readJson(request);
    if (path === '/playground/events') {
      await desk.take(readEvent(body));
    } else if (path === '/playground/language') {
      await desk.speak(body);
    } else if (path === '/playground/clock') {
      await clock.advance(readAdvance(body.advance, clock));
    } else {
      throw new Refused(404, 'There is nothing here.');
    }
    bell.ring();
    return noContent();
  }

  async function route(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    checkOrigin(request, site.origin);
    if (request.method === 'GET' || request.method === 'HEAD') return await get(path, request);
    if (request.method === 'POST') return await post(path, request);
    throw new Refused(405, 'Only GET and POST.');
  }

  function answerError(error: unknown): Response {
    if (!(error instanceof Refused)) log.error({ err: error }, 'a request of the playground failed');
    const { status, message } = error instanceof Refused ? error : new Refused(503, 'That did not work. It is tried again.');
    return Response.json({ error: message }, { status, headers: status === 503 ? { 'retry-after': '1' } : {} });
  }

  return {
    async fetch(request: Request): Promise<Response> {
      const response = await route(request).catch(answerError);
      for (const [name, value] of Object.entries(safety)) response.headers.set(name, value);
      return response;
    },
    close(): void {
      stopped.abort();
    },
  };
}

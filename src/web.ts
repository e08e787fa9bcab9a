import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Listener, Log } from './chat/channel.ts';

export type Readiness = Record<string, true | string>;

type Parts = {
  port: number;
  log: Log;
  listeners: readonly Listener[];
  /** Every part that must answer, with what is wrong with it. */
  readiness(): Promise<Readiness>;
  metrics(): Promise<{ type: string; text: string }>;
  /** What a scanned card opens when no messenger has links of its own. */
  linkPage(payload: string): string;
  /** Where a link of a campaign's message leads, counted; undefined: it is not one of ours. */
  offerLink(token: string): Promise<string | undefined>;
};

export type Web = { port: number; stop(): Promise<void> };

function routes({ listeners, readiness, metrics, linkPage, offerLink }: Parts): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const parts = await readiness();
    const ready = Object.values(parts).every((part) => part === true);
    return c.json({ ready, parts }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics();
    return c.body(text, 200, { 'content-type': type });
  });
  app.get('/go/:payload{[A-Za-z0-9_-]{1,64}}', (c) => c.text(linkPage(c.req.param('payload'))));
  app.get('/o/:token{[A-Za-z0-9_.-]{1,64}}', async (c) => {
    // Who only looks whether a page is there (HEAD) has not opened it.
    const address = c.req.method === 'GET' ? await offerLink(c.req.param('token')) : undefined;
    if (address === undefined) return c.notFound();
    c.header('cache-control', 'no-store');
    c.header('referrer-policy', 'no-referrer');
    return c.redirect(address, 303);
  });
  // The longest path first: the playground has everything that is left.
  for (const { webhook } of [...listeners].sort((a, b) => (b.webhook?.path.length ?? 0) - (a.webhook?.path.length ?? 0))) {
    if (!webhook) continue;
    const path = webhook.path.replace(/\/$/, '');
    app.all(path === '' ? '/' : path, (c) => webhook.fetch(c.req.raw));
    app.all(`${path}/*`, (c) => webhook.fetch(c.req.raw));
  }
  app.notFound((c) => c.text('There is nothing here.\n', 404));
  return app;
}

/** One HTTP server for health, metrics, what messengers post to us, and the playground. Rejects when the port is taken. */
export async function startWeb(parts: Parts): Promise<Web> {
  const app = routes(parts);
  app.onError((error, c) => {
    parts.log.error({ err: error, path: c.req.path }, 'a request failed');
    return c.text('Something went wrong on our side.\n', 500);
  });
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : parts.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Streams and idle connections would hold the door open for ever.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 3_000).unref();
      }),
  };
}

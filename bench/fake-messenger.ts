import { createServer } from 'node:http';

/*
 * A messenger in a process of its own that takes every message at once and notes when it came: the Bot API as far as sending needs it. It is as light as
 * it can be, so that what is measured is the sender. Asked `arrivals`, it tells when each message arrived (its own clock, milliseconds) and forgets them.
 */
const arrivals: number[] = [];

const server = createServer((request, response) => {
  const at = performance.now();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { chat_id } = JSON.parse(Buffer.concat(chunks).toString()) as { chat_id: number };
    arrivals.push(at);
    const chat = { id: chat_id, type: 'private', first_name: 'x' };
    const body = JSON.stringify({ ok: true, result: { message_id: arrivals.length, date: 1, chat } });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.on('message', (asked) => {
  if (asked === 'count') process.send?.({ count: arrivals.length });
  if (asked === 'arrivals') process.send?.({ arrivals: arrivals.splice(0) });
});
process.on('disconnect', () => process.exit(0));

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type createFaults, describeFault, type Fault } from './faults.ts';
import type { Call, Carry } from './methods.ts';
import { mistake, Refused } from './refused.ts';
import { readParams } from './request.ts';
import { knowsMethod, problemOf } from './spec.ts';
import type { World } from './world.ts';

/** An accepted call: numbered in the order of acceptance, from 1. */
export type Accepted = { number: number; method: string; params: Record<string, unknown>; atMs: number };

/** A call that was turned down, with its parameters when they were read. */
export type Turned = { method: string; params: Record<string, unknown>; status: number; atMs: number };

type Parts = { token: string; world: World; methods: Record<string, Carry>; faults: ReturnType<typeof createFaults> };
type Book = { accepted: Accepted[]; refused: Turned[]; mistakes: string[] };

/** The HTTP side: lets in what fits the specification, numbers it, and makes the faults happen. */
export async function startServer(parts: Parts) {
  const book: Book = { accepted: [], refused: [], mistakes: [] };
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    answer(parts, request, response, book).catch((error: unknown) => {
      book.mistakes.push(`the fake itself: ${String(error)}`);
      reply(response, 500, { ok: false, error_code: 500, description: String(error) });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    ...book,
    port,
    /** Listens again after `shut`, at the same port. */
    reopen: () => listen(port),
    async shut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse, book: Book): Promise<void> {
  const { token, world, faults } = parts;
  const url = new URL(request.url ?? '/', 'http://fake');
  const file = /^\/file\/bot([^/]+)\/files\/(.+)$/.exec(url.pathname);
  if (file) return sendFile(response, file[1] === token ? world.files.get(file[2] ?? '')?.bytes : undefined);
  const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
  const fault = given === token ? faults.take(method) : undefined;
  if (fault?.delayMs) await pass(fault.delayMs);
  if (fault?.thereMs) await pass(fault.thereMs);
  if (fault?.thereMs && request.socket.destroyed) return;
  if (fault?.cut) return void request.socket.destroy();
  let params: Record<string, unknown> = {};
  try {
    if (given !== token) throw new Refused(given ? 401 : 404, given ? 'Unauthorized' : 'Not Found');
    if (fault?.status !== undefined || fault?.migrateTo !== undefined) throw refusalOf(fault);
    const call = await readCall(parts, request, response, url, method);
    params = call.params;
    const result = await call.carry();
    book.accepted.push({ number: book.accepted.length + 1, method, params, atMs: Date.now() });
    if (fault?.dropReply) return void request.socket.destroy();
    if (fault?.backMs) await pass(fault.backMs);
    reply(response, 200, { ok: true, result });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.mistake) book.mistakes.push(`${method}: ${error.message}`);
    const { status, message: description, parameters } = error;
    if (fault?.backMs) await pass(fault.backMs);
    book.refused.push({ method, params, status, atMs: Date.now() });
    reply(response, status, { ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) });
  }
}

async function readCall({ world, methods }: Parts, request: IncomingMessage, response: ServerResponse, url: URL, method: string) {
  if (!knowsMethod(method)) throw new Refused(404, `Not Found: method "${method}" not found`, { mistake: true });
  const carry = methods[method];
  if (!carry) mistake(`the fake does not carry out ${method}`);
  const { params, files } = await readParams(request, url, method);
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  const call: Call = { method, params, files, world, gone: hungUp.signal };
  return {
    params,
    carry: async () => {
      const problem = problemOf(method, params);
      if (problem) mistake(problem);
      return carry(call);
    },
  };
}

function sendFile(response: ServerResponse, bytes: Uint8Array | undefined): void {
  response.writeHead(bytes ? 200 : 404).end(bytes);
}

function refusalOf(fault: Fault): Refused {
  const { status = 400, retryAfter, migrateTo } = fault;
  const retry = status === 429 ? { retry_after: retryAfter ?? 1 } : {};
  const migrate = migrateTo === undefined ? {} : { migrate_to_chat_id: migrateTo };
  return new Refused(status, describeFault(fault), { parameters: { ...retry, ...migrate } });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

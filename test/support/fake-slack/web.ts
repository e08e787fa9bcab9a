import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Method } from './chat-methods.ts';
import type { Faults } from './faults.ts';
import type { Json } from './rules.ts';
import { readArguments } from './spec.ts';
import type { Workspace } from './workspace.ts';

/** A call that was accepted, in its order. */
export type Call = { number: number; method: string; args: Json };
export type Refusal = { method: string; args: Json; error: string; messages: string[] };

type Options = {
  workspace: Workspace;
  faults: Faults;
  /** Which token a method needs. */
  tokenFor(method: string): string;
  methods(): Record<string, Method>;
  respond(id: string, body: Json): Answer;
};

/** The HTTP side: Web API methods, uploads and response URLs, with their faults. */
export function createWeb({ workspace, faults, tokenFor, methods, respond }: Options) {
  const calls: Call[] = [];
  const refusals: Refusal[] = [];
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  let port = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, area = '', name = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const raw = await readBody(request);
    if (area === 'files-pri') return serveFile(name, request, response);
    const method = area === 'api' ? name : area === 'upload' ? 'upload' : 'response_url';
    const fault = faults.take(method);
    if (fault?.kind === 'cut') return void response.destroy();
    if (fault?.kind === 'delay') await pause(fault.ms);
    if (fault?.kind === 'slow down')
      return answer(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(fault.retryAfter) });
    if (fault?.kind === 'status') return answer(response, fault.status, 'trouble');
    const result = fault?.kind === 'error' ? { refused: fault.error } : await accept(area, name, request, raw);
    if (fault?.kind === 'drop') return void response.destroy();
    if (area === 'upload') return answer(response, 'refused' in result ? 500 : 200, 'OK');
    if (!('refused' in result)) return answer(response, 200, area === 'response' ? 'ok' : { ok: true, ...result });
    const { refused: error, messages } = result;
    const details = Array.isArray(messages)
      ? { errors: messages.map((message) => String(message).replace('[ERROR] ', '')), response_metadata: { messages } }
      : {};
    answer(response, area === 'response' ? 404 : 200, { ok: false, error, ...details });
  }

  /** Files are given to who has the token; everybody else is shown a page to sign in. */
  function serveFile(name: string, request: IncomingMessage, response: ServerResponse): void {
    const file = workspace.files.get(name.split('-')[1] ?? '');
    const known = request.headers.authorization === `Bearer ${tokenFor('files.info')}`;
    if (!file || !known)
      return void response.writeHead(known ? 404 : 200, { 'content-type': 'text/html' }).end('<!doctype html>');
    response.writeHead(200, { 'content-type': 'image/png' }).end(file.bytes);
  }

  async function accept(area: string, name: string, request: IncomingMessage, raw: Buffer): Promise<Answer> {
    if (area === 'upload') return upload(name, request, raw);
    if (area === 'response') return noted('response_url', readJson(raw), (args) => respond(name, args));
    if (area !== 'api' || request.method !== 'POST') return { refused: 'not_found' };
    return call(name, request.headers.authorization, readForm(request, raw));
  }

  function call(method: string, authorization: string | undefined, given: Json): Answer {
    if (!authorization) return refuse(method, given, 'not_authed');
    if (authorization !== `Bearer ${tokenFor(method)}`) return refuse(method, given, 'invalid_auth');
    const read = readArguments(method, given);
    const run = methods()[method];
    if (!read || !run) return refuse(method, given, 'unknown_method');
    if ('errors' in read)
      return refuse(
        method,
        given,
        'invalid_arguments',
        read.errors.map((error) => `[ERROR] ${error}`),
      );
    return noted(method, read.args, run);
  }

  function noted(method: string, args: Json, run: Method): Answer {
    const result = run(args);
    if ('refused' in result)
      return refuse(
        method,
        args,
        String(result.refused),
        Array.isArray(result.messages) ? result.messages.map(String) : undefined,
      );
    calls.push({ number: calls.length + 1, method, args });
    return result;
  }

  function refuse(method: string, args: Json, error: string, messages?: string[]): Answer {
    refusals.push({ method, args, error, messages: messages ?? [] });
    return { refused: error, ...(messages ? { messages } : {}) };
  }

  async function upload(id: string, request: IncomingMessage, raw: Buffer): Promise<Answer> {
    const file = workspace.files.get(id);
    if (!file) return refuse('upload', { id }, 'file_not_found');
    file.bytes = await bytesOf(request, raw);
    calls.push({ number: calls.length + 1, method: 'upload', args: { id } });
    return {};
  }

  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => server.once('error', reject).listen(at, '127.0.0.1', () => resolve()));

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  return {
    server,
    calls,
    refusals,
    start: async (): Promise<string> => {
      await listen(0);
      port = (server.address() as AddressInfo).port;
      return `http://127.0.0.1:${port}`;
    },
    /** Nobody answers at this address until it is listened to again. */
    close,
    again: (): Promise<void> => listen(port),
  };
}

function answer(response: ServerResponse, status: number, body: string | Json, headers: Record<string, string> = {}): void {
  const isText = typeof body === 'string';
  response
    .writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8', ...headers })
    .end(isText ? body : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const readJson = (raw: Buffer): Json => JSON.parse(raw.toString('utf8'));

const readForm = (request: IncomingMessage, raw: Buffer): Json =>
  request.headers['content-type']?.startsWith('application/json')
    ? readJson(raw)
    : Object.fromEntries(new URLSearchParams(raw.toString('utf8')));

async function bytesOf(request: IncomingMessage, raw: Buffer): Promise<Uint8Array> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return new Uint8Array(raw);
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  const [file] = [...form.values()].filter((value) => typeof value !== 'string');
  return file ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Away } from '../../src/channels/slack/away.ts';
import { createDoor } from '../../src/channels/slack/door.ts';
import type { Spool } from '../../src/channels/slack/spool.ts';
import { createWebhook } from '../../src/channels/slack/webhook.ts';
import type { Listener } from '../../src/chat/channel.ts';
import { signed } from '../support/fake-slack/index.ts';
import { slackStage } from '../support/fake-slack/stage.ts';
import { recordingHub } from './contract.ts';

type Stage = Awaited<ReturnType<typeof slackStage>>;
let stage: Stage;
let listener: Listener;
let hub: ReturnType<typeof recordingHub>;
const json = 'application/json';

beforeEach(async () => {
  stage = await slackStage('http');
  hub = recordingHub(() => undefined);
  listener = await stage.listen(hub.hub);
});
afterEach(() => stage.close());

const ask = (request: Request) => listener.webhook?.fetch(request) ?? Promise.reject(new Error('no webhook'));
const sign = (body: string, options: { type?: string; secret?: string; at?: number } = {}) =>
  signed({ body, type: options.type ?? json, secret: options.secret ?? stage.slack.signingSecret, at: options.at ?? Date.now() });

const typed = (text: string) =>
  JSON.stringify({
    type: 'event_callback',
    event_id: 'Ev1',
    team_id: 'T1',
    event: { type: 'message', channel_type: 'im', channel: 'D1', user: 'U1', text, ts: '1.2' },
  });

describe('who may speak', () => {
  test('the path is the one of the manifest', () => {
    expect(listener.webhook?.path).toBe('/slack/events');
  });

  test('a signed event is treated', async () => {
    expect((await ask(sign(typed('balance')))).status).toBe(200);
    expect(hub.handled.map(({ id, text }) => [id, text])).toEqual([['slack-Ev1', 'balance']]);
  });

  test.each([
    ['a wrong secret', () => sign(typed('balance'), { secret: 'another' })],
    ['a signature that is over five minutes old', () => sign(typed('balance'), { at: Date.now() - 301_000 })],
    ['no signature', () => new Request('http://app.example/slack/events', { method: 'POST', body: typed('balance') })],
    ['a body that was changed', () => new Request(sign(typed('balance')), { body: typed('credit') })],
    ['a signature of another version', () => withHeader('x-slack-signature', 'v1=00')],
    ['a timestamp that is none', () => withHeader('x-slack-request-timestamp', 'soon')],
  ])('%s is 401 and has no effect', async (_, request) => {
    expect((await ask(request())).status).toBe(401);
    expect(hub.handled).toEqual([]);
  });

  test('a signature of four minutes ago is good', async () => {
    expect((await ask(sign(typed('balance'), { at: Date.now() - 240_000 }))).status).toBe(200);
  });

  test('over 1 MB is 413, said or not', async () => {
    const big = typed('x'.repeat(1024 * 1024));
    expect((await ask(sign(big))).status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 20; sent++) controller.enqueue(new Uint8Array(64 * 1024));
        controller.close();
      },
    });
    const streamed = new Request('http://app.example/slack/events', {
      method: 'POST',
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    expect((await ask(streamed)).status).toBe(413);
    expect(hub.handled).toEqual([]);
  });

  const withHeader = (name: string, value: string) => {
    const request = sign(typed('balance'));
    request.headers.set(name, value);
    return request;
  };
});

describe('what is not an event', () => {
  test('the address is verified', async () => {
    const response = await ask(sign(JSON.stringify({ type: 'url_verification', challenge: 'c1' })));
    expect(await response.json()).toEqual({ challenge: 'c1' });
  });

  test('the certificate is checked', async () => {
    const request = new Request('http://app.example/slack/events', {
      method: 'POST',
      body: new URLSearchParams({ ssl_check: '1', token: 't' }),
    });
    expect((await ask(request)).status).toBe(200);
  });

  test('anything but POST is 405', async () => {
    expect((await ask(new Request('http://app.example/slack/events'))).status).toBe(405);
  });

  test('what can not be read is put aside and never comes again', async () => {
    expect((await ask(sign('{"type":'))).status).toBe(200);
    expect((await ask(sign('payload=%7B', { type: 'application/x-www-form-urlencoded' }))).status).toBe(200);
    expect(stage.aside.map(({ event }) => event)).toEqual(['{"type":', 'payload=%7B']);
  });

  test('an interaction that is not ours is put aside under its id', async () => {
    const body = {
      type: 'view_submission',
      trigger_id: 't9',
      team: null,
      user: { id: 'U1', name: 'anna' },
      view: { id: 'V1', hash: 'h', type: 'modal', callback_id: 'form', private_metadata: '', state: { values: {} } },
    };
    const request = sign(new URLSearchParams({ payload: JSON.stringify(body) }).toString(), {
      type: 'application/x-www-form-urlencoded',
    });
    expect((await ask(request)).status).toBe(200);
    expect(stage.aside.map(({ id }) => id)).toEqual(['slack-t9']);
  });

  test('an event that nobody listens to is acknowledged', async () => {
    const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev2', event: { type: 'team_join', user: { id: 'U2' } } });
    expect((await ask(sign(body))).status).toBe(200);
  });
});

describe('when it can not be taken', () => {
  test('after stop it is 503, so that Slack keeps it', async () => {
    await listener.stop();
    const response = await ask(sign(typed('balance')));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });

  test('with the database away and no disk to keep it on it is 503', async () => {
    const full: Spool = {
      put: () => Promise.reject(new Error('the disk is full')),
      done: async () => {},
      adopt: async () => [],
      close: async () => {},
    };
    const treat = () => Promise.reject(new Away('away'));
    const door = createDoor({ treat, spool: full, putAside: stage.tools.putAside, log: stage.tools.log, now: Date.now });
    const answer = createWebhook({
      signingSecret: stage.slack.signingSecret,
      door,
      putAside: stage.tools.putAside,
      now: Date.now,
    });
    expect((await answer(sign(typed('balance')))).status).toBe(503);
    await door.close();
  });
});

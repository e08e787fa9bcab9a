import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBlocks } from '../support/fake-slack/blocks.ts';
import { seededNumbers } from '../support/fake-slack/faults.ts';
import { type FakeSlack, type Person, signed, startFakeSlack } from '../support/fake-slack/index.ts';

let slack: FakeSlack;
let anna: Person;
let client: WebClient;

beforeEach(async () => {
  slack = await startFakeSlack({ processingMs: 150 });
  anna = slack.person('Anna');
  client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
});
afterEach(() => slack.close());

const nothing = () => {};
const quiet = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => 'error',
} as unknown as NonNullable<ConstructorParameters<typeof WebClient>[1]>['logger'] & object;

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: Error) => error.message.replace('An API error occurred: ', ''),
  );
const plain = (text: string) => ({ type: 'plain_text', text });

describe('the double refuses', () => {
  test.each([
    ['a method that does not exist', 'chat.shout', {}, 'unknown_method'],
    ['an argument that does not exist', 'chat.postMessage', { channel: 'D', text: 'x', shout: true }, 'invalid_arguments'],
    ['a required one that is missing', 'views.publish', { view: {} }, 'invalid_arguments'],
    ['a wrong type', 'chat.postMessage', { channel: 'D', text: 'x', unfurl_links: 'perhaps' }, 'invalid_arguments'],
    ['a text that is too long', 'chat.postMessage', { channel: 'D', text: 'x'.repeat(40_001) }, 'invalid_arguments'],
    ['blocks that are no JSON', 'chat.postMessage', { channel: 'D', text: 'x', blocks: '[' }, 'invalid_arguments'],
    ['a channel that does not exist', 'chat.postMessage', { channel: 'C404', text: 'x' }, 'channel_not_found'],
    ['a person that does not exist', 'users.info', { user: 'U404' }, 'user_not_found'],
  ])('%s', async (_, method, args, error) => {
    expect(await refusal(client.apiCall(method, args))).toBe(error);
    expect(slack.calls).toEqual([]);
    expect(slack.refusals).toMatchObject([{ method, error }]);
  });

  test('a wrong token, and the bot token where the app token belongs', async () => {
    const stranger = new WebClient('xoxb-other', { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: quiet });
    expect(await refusal(stranger.auth.test())).toBe('invalid_auth');
    expect(await refusal(client.apps.connections.open())).toBe('invalid_auth');
  });

  test('a message into a channel without the app, into an archive, and blocks without words', async () => {
    const channel = slack.channel('till', [anna]);
    expect(await refusal(client.chat.postMessage({ channel, text: 'x' }))).toBe('not_in_channel');
    const archived = slack.workspace.conversations.get(anna.chat);
    if (archived) archived.archived = true;
    expect(await refusal(client.chat.postMessage({ channel: anna.chat, text: 'x' }))).toBe('is_archived');
    if (archived) archived.archived = false;
    expect(await refusal(client.chat.postMessage({ channel: anna.chat, text: '', blocks: [{ type: 'divider' }] }))).toBe(
      'no_text',
    );
  });

  test('a trigger that is old, used or unknown', async () => {
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'T' }, blocks: [] };
    const trigger = slack.workspace.addTrigger(anna.id);
    expect(await refusal(client.views.open({ trigger_id: trigger, view }))).toBe('accepted');
    expect(await refusal(client.views.open({ trigger_id: trigger, view }))).toBe('exchanged_trigger_id');
    const late = slack.workspace.addTrigger(anna.id);
    slack.workspace.passes(3001);
    expect(await refusal(client.views.open({ trigger_id: late, view }))).toBe('expired_trigger_id');
    expect(await refusal(client.views.open({ trigger_id: '1.2.3', view }))).toBe('invalid_trigger_id');
    expect(await refusal(client.views.push({ trigger_id: slack.workspace.addTrigger(anna.id), view }))).toBe('accepted');
  });

  test('a response address after five uses or half an hour', async () => {
    const use = async (url: string) => (await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'x' }) })).status;
    const url = slack.workspace.addResponseUrl(anna.id, anna.chat);
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map(() => use(url)))).toEqual([200, 200, 200, 200, 200, 404]);
    const old = slack.workspace.addResponseUrl(anna.id, anna.chat);
    slack.workspace.passes(30 * 60_000 + 1);
    expect(await use(old)).toBe(404);
  });

  test('a picture whose file is missing or still looked at', async () => {
    const { files } = await client.filesUploadV2({ file: Buffer.from('png'), filename: 'card.png' });
    const id = files[0]?.files?.[0]?.id ?? '';
    const show = (file: string) =>
      refusal(
        client.chat.postMessage({
          channel: anna.chat,
          text: 'x',
          blocks: [{ type: 'image', slack_file: { id: file }, alt_text: 'card' }],
        }),
      );
    expect(await show('F000000000')).toBe('invalid_blocks');
    expect(await show(id)).toBe('invalid_blocks');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await show(id)).toBe('accepted');
    expect(Buffer.from(anna.sees()[0]?.image ?? [])).toEqual(Buffer.from('png'));
  });
});

describe('blocks', () => {
  const button = (fields: object) => ({
    type: 'actions',
    elements: [{ type: 'button', action_id: 'a', text: plain('Go'), ...fields }],
  });
  test.each([
    ['51 of them', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['a header over 150', [{ type: 'header', text: plain('x'.repeat(151)) }]],
    ['a header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]],
    ['a section over 3000', [{ type: 'section', text: plain('x'.repeat(3001)) }]],
    ['an empty section', [{ type: 'section' }]],
    ['a field over 2000', [{ type: 'section', fields: [plain('x'.repeat(2001))] }]],
    ['eleven fields', [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }]],
    ['an empty text', [{ type: 'section', text: plain('') }]],
    ['half a character', [{ type: 'section', text: plain('\uD83D') }]],
    ['verbatim in plain text', [{ type: 'section', text: { ...plain('x'), verbatim: true } }]],
    ['a button text over 75', [button({ text: plain('x'.repeat(76)) })]],
    ['a value over 2000', [button({ value: 'x'.repeat(2001) })]],
    ['a style that does not exist', [button({ style: 'warning' })]],
    [
      '26 elements',
      [
        {
          type: 'actions',
          elements: Array.from({ length: 26 }, (_, index) => ({ type: 'button', action_id: `a${index}`, text: plain('x') })),
        },
      ],
    ],
    [
      'an action_id twice',
      [{ type: 'actions', elements: [1, 2].map(() => ({ type: 'button', action_id: 'a', text: plain('x') })) }],
    ],
    ['a picture without words', [{ type: 'image', slack_file: { id: 'F012345678' } }]],
    ['a picture by a wrong id', [{ type: 'image', slack_file: { id: 'f1' }, alt_text: 'x' }]],
    ['an input in a message', [{ type: 'input', label: plain('x'), element: { type: 'plain_text_input', action_id: 'a' } }]],
    ['a block that does not exist', [{ type: 'banner' }]],
    ['a field that does not exist', [{ type: 'divider', color: 'red' }]],
    ['the same block_id twice', [1, 2].map(() => ({ type: 'divider', block_id: 'b' }))],
  ])('refused: %s', (_, blocks) => {
    expect(checkBlocks(blocks, 'message', () => 'ready')).toHaveLength(1);
  });
});

describe('faults', () => {
  test('come from a seed, the same again', () => {
    const three = (seed: number) => Array.from({ length: 3 }, seededNumbers(seed));
    expect(three(1)).toEqual(three(1));
    expect(three(1)).not.toEqual(three(2));
    for (const number of three(9)) expect(number >= 0 && number < 1).toBe(true);
  });

  test('accepted calls are numbered, also when their reply is dropped', async () => {
    slack.faults.next('chat.postMessage', { kind: 'drop' });
    slack.faults.next('chat.postMessage', { kind: 'cut' });
    for (const text of ['dropped', 'cut', 'sent']) await client.chat.postMessage({ channel: anna.chat, text }).catch(() => {});
    expect(slack.calls.map(({ number, args }) => [number, args['text']])).toEqual([
      [1, 'dropped'],
      [2, 'sent'],
    ]);
  });

  test('a rate limit and a delay', async () => {
    slack.faults.next('*', { kind: 'slow down', retryAfter: 2 });
    await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 2 });
    slack.faults.next('auth.test', { kind: 'delay', ms: 80 });
    const began = Date.now();
    await client.auth.test();
    expect(Date.now() - began).toBeGreaterThanOrEqual(75);
  });
});

describe('the person’s side', () => {
  test('by HTTP is signed, told again with its number, and given up', async () => {
    const heard: [string | null, string | null, boolean][] = [];
    slack.connectHttp(async (request) => {
      const same = signed({
        body: await request.clone().text(),
        type: 'application/json',
        secret: slack.signingSecret,
        at: Number(request.headers.get('x-slack-request-timestamp')) * 1000,
      });
      heard.push([
        request.headers.get('x-slack-retry-num'),
        request.headers.get('x-slack-retry-reason'),
        same.headers.get('x-slack-signature') === request.headers.get('x-slack-signature'),
      ]);
      return new Response(null, { status: 503 });
    });
    await expect(anna.says('hello')).rejects.toThrow('not acknowledged');
    expect(heard).toEqual([
      [null, null, true],
      ['1', 'http_timeout', true],
      ['2', 'http_timeout', true],
      ['3', 'http_timeout', true],
    ]);
    await expect(anna.commands('/regulars', 'x')).rejects.toThrow('not acknowledged');
    expect(heard).toHaveLength(5);
  });

  test('insists on what a form insists on', async () => {
    slack.connectHttp(async () => new Response(null));
    const inputs = ['a', 'b'].map((name) => ({
      type: 'input' as const,
      block_id: name,
      label: { type: 'plain_text' as const, text: name },
      element: { type: 'plain_text_input' as const, action_id: 'value' },
    }));
    await client.views.open({
      trigger_id: slack.workspace.addTrigger(anna.id),
      view: {
        type: 'modal',
        title: { type: 'plain_text', text: 'T' },
        submit: { type: 'plain_text', text: 'Go' },
        blocks: inputs,
      },
    });
    await expect(anna.submits({ a: '1' })).rejects.toThrow('fill in b');
    await expect(anna.submits({ a: '1', b: '2', c: '3' })).rejects.toThrow('no field c');
    slack.connectHttp(async () => Response.json({ response_action: 'errors', errors: { nowhere: 'x' } }));
    await expect(anna.submits({ a: '1', b: '2' })).rejects.toThrow('trouble connecting');
    slack.connectHttp(async () => Response.json({ response_action: 'update', view: { type: 'modal' } }));
    await expect(anna.submits({ a: '1', b: '2' })).rejects.toThrow('trouble connecting');
    slack.connectHttp(async () => new Response(null));
    await anna.submits({ a: '1', b: '2' });
    expect(anna.seesModal()).toBeUndefined();
  });
});

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotSent, SlowDown, Unreachable } from '../../src/chat/channel.ts';
import type { View } from '../../src/chat/view.ts';
import type { Person } from '../support/fake-slack/index.ts';
import { slackStage } from '../support/fake-slack/stage.ts';
import { digest, smallPng } from './contract/small-png.ts';

let stage: Awaited<ReturnType<typeof slackStage>>;
let anna: Person;
const news: View = { title: 'News' };

beforeEach(async () => {
  stage = await slackStage('http', { processingMs: 200 });
  anna = stage.slack.person('Anna');
});
afterEach(() => stage.close());

const address = () => ({ channel: 'slack', user: anna.id, chat: anna.chat });
const called = (method: string) => stage.slack.calls.filter((call) => call.method === method).length;
const failure = (view: View = news): Promise<Error> =>
  stage.channel.send(address(), view).then(
    () => Promise.reject(new Error('it was sent')),
    (error: Error) => error,
  );

describe('where it goes', () => {
  test('somebody without a chat gets one, asked for once', async () => {
    const unknown = { channel: 'slack', user: anna.id, chat: anna.id };
    const ref = await stage.channel.send(unknown, news);
    await stage.channel.send(unknown, news);
    expect(ref).toEqual({ chat: anna.chat, id: anna.sees()[0]?.ts });
    expect([anna.sees().length, called('conversations.open')]).toEqual([2, 1]);
  });

  test('a closed account is Unreachable, with and without a chat', async () => {
    const chat = anna.chat;
    const user = stage.slack.workspace.users.get(anna.id);
    if (user) user.deleted = true;
    await expect(stage.channel.send({ channel: 'slack', user: anna.id, chat: anna.id }, news)).rejects.toBeInstanceOf(
      Unreachable,
    );
    await expect(stage.channel.send({ channel: 'slack', user: anna.id, chat }, news)).rejects.toBeInstanceOf(Unreachable);
  });

  test('a chat that moved is asked for again, and the message sent once', async () => {
    const ref = await stage.channel.send({ channel: 'slack', user: anna.id, chat: 'D0OLD' }, news);
    expect(ref.chat).toBe(anna.chat);
    expect(anna.sees()).toHaveLength(1);
  });

  test('every message has a notification text and shows no previews', async () => {
    await stage.channel.send(address(), {
      title: 'News',
      body: 'https://example.org',
      buttons: [[{ label: 'More', does: 'offers' }]],
    });
    expect(stage.slack.calls.find(({ method }) => method === 'chat.postMessage')?.args).toMatchObject({
      text: 'News\n\nhttps://example.org',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test('the home is published, again and again; a menu alone leaves it as it is', async () => {
    const home = { ...address(), home: true as const };
    const ref = await stage.channel.send(home, { title: 'Anna', facts: [['Points', '12']] });
    await stage.channel.send(home, { title: 'Anna', facts: [['Points', '22']] }, ref);
    await stage.channel.send(home, { menu: [{ name: 'balance', about: 'What you have' }] });
    expect(anna.seesHome()?.text).toBe('Anna\nPoints\n22');
    expect([called('views.publish'), anna.sees().length]).toEqual([2, 0]);
  });

  test('a file with buttons stands below them; a file alone is sent alone', async () => {
    const file = { name: 'data.json', bytes: new Uint8Array([123, 125]) };
    await stage.channel.send(address(), { title: 'Yours', buttons: [[{ label: 'Ok', does: 'ok' }]], file });
    await stage.channel.send(address(), { file });
    expect(anna.sees().map((message) => [message.text, message.buttons.length, message.file?.name])).toEqual([
      ['Yours', 1, undefined],
      ['', 0, 'data.json'],
      ['', 0, 'data.json'],
    ]);
  });

  test('the pace is below what Slack allows a workspace', () => {
    expect(stage.channel.pace.max / stage.channel.pace.perMs).toBeLessThanOrEqual(5 / 1000);
  });
});

describe('what a failure means', () => {
  test.each(['channel_not_found', 'user_not_found', 'user_disabled', 'is_archived', 'cannot_dm_bot', 'not_in_channel'])(
    '%s: a dead address',
    async (error) => {
      stage.slack.faults.next('chat.postMessage', { kind: 'error', error });
      expect(await failure()).toBeInstanceOf(Unreachable);
    },
  );

  test.each([
    'invalid_auth',
    'account_inactive',
    'token_revoked',
    'missing_scope',
    'invalid_blocks',
    'invalid_arguments',
    'msg_too_long',
    'no_text',
  ])('%s: not sent, and not tried again', async (error) => {
    stage.slack.faults.next('chat.postMessage', { kind: 'error', error });
    expect(await failure()).toMatchObject({ name: 'NotSent', again: false });
  });

  test.each(['fatal_error', 'internal_error'])('%s: nobody knows', async (error) => {
    stage.slack.faults.next('chat.postMessage', { kind: 'error', error });
    expectUnknown(await failure());
  });

  test('a server error or a broken answer: nobody knows; a refusal by a proxy: not sent', async () => {
    stage.slack.faults.next('chat.postMessage', { kind: 'status', status: 503 });
    expectUnknown(await failure());
    stage.slack.faults.next('chat.postMessage', { kind: 'error', error: '<html>Bad gateway</html>' });
    expectUnknown(await failure());
    stage.slack.faults.next('chat.postMessage', { kind: 'status', status: 403 });
    expect(await failure()).toMatchObject({ name: 'NotSent', again: false });
  });

  test('a rate limit says how long, also by its error alone', async () => {
    stage.slack.faults.next('chat.postMessage', { kind: 'slow down', retryAfter: 7 });
    expect(await failure()).toEqual(new SlowDown(7000));
    stage.slack.faults.next('chat.postMessage', { kind: 'error', error: 'ratelimited' });
    expect(await failure()).toBeInstanceOf(SlowDown);
    expect(anna.sees()).toEqual([]);
  });

  test('a lost answer is not sent twice', async () => {
    stage.slack.faults.next('chat.postMessage', { kind: 'drop' });
    expectUnknown(await failure());
    expect(anna.sees()).toHaveLength(1);
  });

  test('a call before the one that sends: certainly not sent', async () => {
    const unknown = { channel: 'slack', user: anna.id, chat: anna.id };
    for (const fault of [{ kind: 'drop' }, { kind: 'cut' }, { kind: 'status', status: 500 }] as const) {
      stage.slack.faults.next('conversations.open', fault);
      await expect(stage.channel.send(unknown, news)).rejects.toMatchObject({ name: 'NotSent', again: true });
    }
    stage.slack.faults.next('files.completeUploadExternal', { kind: 'drop' });
    expect(await failure({ image: { png: smallPng(1), alt: 'card' } })).toMatchObject({ name: 'NotSent', again: true });
    expect(anna.sees()).toEqual([]);
  });

  test('from a seed of trouble, what was reported is what happened', { timeout: 60_000 }, async () => {
    const { faults } = stage.slack;
    faults.storm({
      seed: 7,
      rate: 0.6,
      methods: ['chat.postMessage'],
      faults: [
        { kind: 'drop' },
        { kind: 'cut' },
        { kind: 'slow down', retryAfter: 1 },
        { kind: 'error', error: 'fatal_error' },
        { kind: 'error', error: 'is_archived' },
        { kind: 'status', status: 502 },
        { kind: 'delay', ms: 5 },
      ],
    });
    const told = new Map<string, string>();
    for (let index = 0; index < 120; index++) {
      const title = `message ${index}`;
      const outcome = await stage.channel.send(address(), { title }).then(
        () => 'sent',
        (error: Error) => error.name,
      );
      told.set(title, outcome);
    }
    faults.calm();
    const arrived = anna.sees().map(({ text }) => text);
    expect(new Set(arrived).size).toBe(arrived.length);
    for (const [title, outcome] of told) {
      if (outcome === 'sent') expect(arrived).toContain(title);
      if (['Unreachable', 'SlowDown', 'NotSent'].includes(outcome)) expect(arrived).not.toContain(title);
    }
    expect(new Set(told.values())).toEqual(new Set(['sent', 'Unreachable', 'SlowDown', 'Error']));
  });

  test('no error tells a token or an address for answers', async () => {
    for (const fault of [
      { kind: 'drop' },
      { kind: 'status', status: 500 },
      { kind: 'error', error: 'xoxb-1234-secret' },
    ] as const) {
      stage.slack.faults.next('chat.postMessage', fault);
      const error = await failure();
      expect(`${error.message} ${error.stack}`).not.toMatch(/xox|Bearer/);
    }
  });

  function expectUnknown(error: Error): void {
    for (const known of [Unreachable, SlowDown, NotSent]) expect(error).not.toBeInstanceOf(known);
  }
});

describe('pictures', () => {
  const picture = (shade: number): View => ({ title: 'Card', image: { png: smallPng(shade), alt: 'card of Anna' } });
  const hash = (shade: number) => createHash('sha256').update(smallPng(shade)).digest('hex');

  test('are uploaded once, waited for, and kept by their hash', async () => {
    for (const shade of [1, 1, 2]) await stage.channel.send(address(), picture(shade));
    expect(anna.sees().map(({ image }) => digest(image))).toEqual([1, 1, 2].map((shade) => digest(smallPng(shade))));
    expect(called('files.completeUploadExternal')).toBe(2);
    expect([...stage.uploads.keys()]).toEqual([hash(1), hash(2)]);
    expect(stage.slack.refusals.every(({ messages }) => messages.join('').includes('invalid slack file'))).toBe(true);
    expect(anna.sees()).toHaveLength(3);
  });

  test('that were deleted at Slack are uploaded again', async () => {
    stage.uploads.set(hash(1), 'F0GONE0000');
    await stage.channel.send(address(), picture(1));
    expect(digest(anna.sees()[0]?.image)).toBe(digest(smallPng(1)));
    expect(stage.uploads.get(hash(1))).not.toBe('F0GONE0000');
  });

  test('that never get ready are their description', { timeout: 15_000 }, async () => {
    stage.slack.workspace.completeFile = (file) =>
      void Object.assign(file, { complete: true, readyAt: Number.POSITIVE_INFINITY });
    await stage.channel.send(address(), picture(1));
    expect(anna.sees().map(({ text, image }) => [text, image])).toEqual([['Card\ncard of Anna', undefined]]);
  });

  test('that Slack refuses to take are their description; a rate limit is passed on', async () => {
    stage.slack.faults.next('files.getUploadURLExternal', { kind: 'error', error: 'storage_limit_reached' });
    await stage.channel.send(address(), picture(1));
    expect(anna.sees().map(({ text }) => text)).toEqual(['Card\ncard of Anna']);
    stage.slack.faults.next('files.getUploadURLExternal', { kind: 'slow down', retryAfter: 2 });
    expect(await failure(picture(1))).toEqual(new SlowDown(2000));
    expect(anna.sees()).toHaveLength(1);
  });

  test('a memory for uploads that is away costs an upload, not the message', async () => {
    const broken = stage.tools.uploads;
    broken.find = () => Promise.reject(new Error('away'));
    await stage.channel.send(address(), picture(1));
    expect(digest(anna.sees()[0]?.image)).toBe(digest(smallPng(1)));
  });

  test('stand on a home, too', async () => {
    await stage.channel.send({ ...address(), home: true }, picture(4));
    expect(anna.seesHome()?.fileId).toMatch(/^F/);
  });
});

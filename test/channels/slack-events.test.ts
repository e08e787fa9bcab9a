import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFetchFile } from '../../src/channels/slack/files.ts';
import { createSlack } from '../../src/channels/slack/index.ts';
import type { View } from '../../src/chat/view.ts';
import type { Person } from '../support/fake-slack/index.ts';
import { type Mode, slackStage } from '../support/fake-slack/stage.ts';
import { pause, type Reply } from './contract/setup.ts';
import { smallPng } from './contract/small-png.ts';
import { recordingHub } from './contract.ts';

type Stage = Awaited<ReturnType<typeof slackStage>>;
const patience = { timeout: 8000, interval: 20 };
let stage: Stage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function begin(mode: Mode, reply: Reply, options?: Parameters<typeof slackStage>[1]) {
  const it = await slackStage(mode, options);
  stage = it;
  const hub = recordingHub(reply);
  const listener = await it.listen(hub.hub);
  return { ...it, ...hub, listener, anna: it.slack.person('Anna Ivanova', 'bg-BG') };
}

const echo: Reply = ({ text }) => ({ title: `You said ${text}`, buttons: [[{ label: 'Again', does: 'again' }]] });
const textsOf = (person: Person, channel?: string) => person.sees(channel).map(({ text }) => text);

describe.each(['socket', 'http'] as const)('events by %s', (mode) => {
  test('typed words come with who, where and which language', async () => {
    const { anna, handled, slack } = await begin(mode, echo);
    const ben = slack.person('Ben');
    await anna.says(`credit @${ben.id} 12 & <b>`);
    expect(handled[0]).toMatchObject({
      from: { channel: 'slack', user: anna.id, chat: anna.chat },
      name: 'Anna Ivanova',
      language: 'bg-BG',
      place: 'direct',
      text: `credit @${ben.id} 12 & <b>`,
    });
    expect(handled[0]?.id).toMatch(/^slack-Ev/);
    expect(textsOf(anna)).toEqual([`You said credit @${ben.id} 12 & <b>`]);
    expect(anna.sees()[0]?.pings).toEqual([]);
  });

  test('a command in the own chat is answered there; alone it is help', async () => {
    const { anna, handled } = await begin(mode, echo);
    await anna.commands('/regulars', '');
    await anna.commands('/other-name', 'balance');
    expect(handled.map(({ text, place }) => [text, place])).toEqual([
      ['help', 'direct'],
      ['balance', 'direct'],
    ]);
    expect(anna.sees().map(({ text, ephemeral }) => [text, ephemeral])).toEqual([
      ['You said help', false],
      ['You said balance', false],
    ]);
  });

  test('a command in a channel is answered to this person alone, and changed in place', async () => {
    const { anna, handled, slack } = await begin(mode, echo);
    const ben = slack.person('Ben');
    const channel = slack.channel('till', [anna, ben]);
    await anna.commands('/regulars', `member @${ben.id}`, { channel });
    expect(handled[0]).toMatchObject({ place: 'group', text: `member @${ben.id}`, from: { chat: anna.chat } });
    await anna.presses('message', 'Again');
    expect(handled[1]).toMatchObject({ place: 'group', text: 'again', pressed: { chat: channel } });
    expect(anna.sees(channel).map(({ text, ephemeral, edited }) => [text, ephemeral, edited])).toEqual([
      ['You said again', true, 1],
    ]);
    expect(ben.sees(channel)).toEqual([]);
    expect(anna.sees()).toEqual([]);
  });

  test('a press in the own chat changes its message in place', async () => {
    const { anna, handled } = await begin(mode, echo);
    await anna.says('hello');
    await anna.presses('message', 'Again');
    expect(anna.sees().map(({ text, edited }) => [text, edited])).toEqual([['You said again', 1]]);
    expect(handled[1]).toMatchObject({ text: 'again', place: 'direct', pressed: { chat: anna.chat, id: anna.sees()[0]?.ts } });
  });

  test('a link that is pressed is acknowledged and nothing else', async () => {
    const { anna, handled, slack } = await begin(mode, () => ({
      title: 'T',
      buttons: [[{ label: 'Rules', url: 'https://example.org' }]],
    }));
    await anna.says('rules');
    await anna.presses('message', 'Rules');
    expect(handled).toHaveLength(1);
    expect(slack.attempts.filter(({ kind }) => kind === 'interactive')).toEqual([
      expect.objectContaining({ ackMs: expect.any(Number) }),
    ]);
  });

  test('the home shows the card, and its buttons answer in a modal that goes on', async () => {
    const png = smallPng(9);
    const card: View = {
      title: 'Anna',
      facts: [['Points', '12']],
      image: { png, alt: 'card' },
      buttons: [[{ label: 'History', does: 'history' }]],
    };
    const { anna, handled, slack } = await begin(
      mode,
      ({ text }) => (text === 'card' ? card : { title: text, buttons: [[{ label: 'Older', does: `${text} 2` }]] }),
      { processingMs: 300 },
    );
    await anna.opensHome();
    expect(handled[0]).toMatchObject({ text: 'card', place: 'home', from: { user: anna.id, home: true } });
    expect(anna.seesHome()).toMatchObject({ text: 'Anna\nPoints\n12', fileId: expect.stringMatching(/^F/) });
    await anna.presses('home', 'History');
    expect(anna.seesModal()).toMatchObject({ title: 'history', text: 'history' });
    await anna.presses('modal', 'Older');
    expect(anna.seesModal()).toMatchObject({ title: 'history', text: 'history 2' });
    expect(handled.map(({ text, place }) => [text, place])).toEqual([
      ['card', 'home'],
      ['history', 'direct'],
      ['history 2', 'direct'],
    ]);
    expect(anna.sees()).toEqual([]);
    await slack.tellEvent({ type: 'app_home_opened', user: anna.id, channel: anna.chat, tab: 'messages', event_ts: '1.1' });
    expect(handled).toHaveLength(3);
  });

  test('bots, edits, joins and empty messages are not people talking', async () => {
    const { anna, handled, slack } = await begin(mode, echo);
    const message = {
      type: 'message',
      channel: anna.chat,
      channel_type: 'im',
      user: anna.id,
      text: 'x',
      ts: '1.1',
      event_ts: '1.1',
    };
    await slack.tellEvent({ ...message, bot_id: 'B1' });
    await slack.tellEvent({ ...message, subtype: 'message_changed', message: { text: 'y' } });
    await slack.tellEvent({ ...message, channel_type: 'channel' });
    await slack.tellEvent({ ...message, text: '  ' });
    expect(handled).toEqual([]);
    await anna.says('one');
    await pause(100);
    // Slack tells us of our own reply, too.
    expect(handled).toHaveLength(1);
  });

  test('an event that Slack tells three times has one effect and one reply', async () => {
    const effects = new Set<string>();
    const { anna, handled, slack } = await begin(mode, async ({ id }) => {
      await pause(60);
      effects.add(id);
      return { title: `effect ${effects.size}` };
    });
    await anna.says('first');
    const payload = {
      type: 'event_callback',
      event_id: 'EvTwice',
      team_id: 'T1',
      event: {
        type: 'message',
        channel: anna.chat,
        channel_type: 'im',
        user: anna.id,
        text: 'credit',
        ts: '2.2',
        event_ts: '2.2',
      },
    };
    await Promise.all([0, 1, 2].map(() => slack.tell({ kind: 'events_api', payload })));
    expect(effects.size).toBe(2);
    expect(handled.filter(({ text }) => text === 'credit')).toHaveLength(1);
    expect(textsOf(anna)).toEqual(['effect 1', 'effect 2']);
  });

  test('an event is acknowledged only after its effect', async () => {
    let done = 0;
    const { anna, slack } = await begin(mode, async () => {
      await pause(300);
      done = Date.now();
      return { title: 'ok' };
    });
    await anna.says('slow');
    expect(Date.now()).toBeGreaterThanOrEqual(done);
    const attempt = slack.attempts.find(({ kind, retry }) => kind === 'events_api' && retry === 0);
    expect(attempt?.ackMs).toBeGreaterThanOrEqual(290);
  });

  test('what takes longer than Slack waits is kept, acknowledged, and answered later, once', { timeout: 20_000 }, async () => {
    const { anna, handled, slack } = await begin(mode, async ({ text }) => {
      await pause(3200);
      return { title: `late ${text}` };
    });
    const channel = slack.channel('till', [anna]);
    await Promise.all([anna.says('one'), anna.commands('/regulars', 'two', { channel })]);
    expect(textsOf(anna)).toEqual([]);
    await vi.waitFor(() => expect([...textsOf(anna), ...textsOf(anna, channel)]).toEqual(['late one', 'late two']), patience);
    expect(handled.map(({ text }) => text)).toEqual(['one', 'two']);
    const typed = slack.attempts.filter(({ kind }) => kind !== 'interactive').slice(0, 2);
    for (const { retry, ackMs } of typed) expect([retry, (ackMs ?? 0) > 2300 && (ackMs ?? 9999) < 3000]).toEqual([0, true]);
  });

  test('Slack not saying who somebody is does not stop anything', async () => {
    const { anna, handled, slack } = await begin(mode, echo);
    slack.faults.next('users.info', { kind: 'error', error: 'user_not_visible' });
    await anna.commands('/regulars', 'balance');
    expect(handled[0]).toMatchObject({ name: 'anna.ivanova', text: 'balance' });
    expect(handled[0]?.language).toBeUndefined();
    await anna.says('again');
    expect(handled[1]).toMatchObject({ name: 'Anna Ivanova', language: 'bg-BG' });
  });

  test('a closed account is not reachable', async () => {
    const { anna, reached, slack } = await begin(mode, echo);
    await slack.tellEvent({ type: 'user_change', user: { id: anna.id, name: anna.name, deleted: false }, event_ts: '1.1' });
    expect(reached).toEqual([]);
    await slack.deactivates(anna);
    expect(reached).toEqual([{ address: { channel: 'slack', user: anna.id, chat: expect.any(String) }, yes: false }]);
  });

  test('an uninstalled app says so', async () => {
    const { listener, slack } = await begin(mode, echo);
    expect(listener.ready()).toBe(true);
    await slack.tellEvent({ type: 'app_uninstalled' });
    expect(listener.ready()).toContain('uninstalled');
  });

  test('a reply that Slack asks to wait for comes a little later', async () => {
    const { anna, slack } = await begin(mode, echo);
    slack.faults.next('chat.postMessage', { kind: 'slow down', retryAfter: 1 });
    await anna.says('balance');
    expect(textsOf(anna)).toEqual(['You said balance']);
  });

  test('a reply that the response address refuses goes to the own chat', async () => {
    const { anna, slack } = await begin(mode, echo);
    const channel = slack.channel('till', [anna]);
    slack.faults.next('response_url', { kind: 'error', error: 'expired_url' });
    await anna.commands('/regulars', 'balance', { channel });
    expect(textsOf(anna, channel)).toEqual([]);
    expect(textsOf(anna)).toEqual(['You said balance']);
  });

  test('a file asked for in a channel comes to the own chat, with its words in private', async () => {
    const file = { name: 'data.json', bytes: new Uint8Array([1, 2]) };
    const { anna, slack } = await begin(mode, () => ({ title: 'Your data', file }));
    const channel = slack.channel('till', [anna]);
    await anna.commands('/regulars', 'export', { channel });
    expect(anna.sees(channel).map(({ text, ephemeral }) => [text, ephemeral])).toEqual([['Your data', true]]);
    expect(anna.sees().map((message) => message.file?.name)).toEqual(['data.json']);
  });

  test('nothing secret is logged, whatever goes wrong', async () => {
    const { anna, slack, logged } = await begin(mode, echo);
    for (const fault of ['cut', 'drop'] as const) slack.faults.next('chat.postMessage', { kind: fault });
    slack.faults.next('users.info', { kind: 'status', status: 500 });
    for (const text of ['one', 'two', 'three']) await anna.says(text);
    expect(logged.length).toBeGreaterThan(0);
    const log = JSON.stringify(logged, (_, value: unknown) =>
      value instanceof Error ? `${value.message} ${value.stack}` : value,
    );
    for (const secret of [slack.botToken, slack.appToken, slack.signingSecret, 'ticket=', '/response/'])
      expect(log).not.toContain(secret);
  });
});

describe('Socket Mode', () => {
  const noted = async () => {
    const it = await begin('socket', echo);
    return { ...it, connections: () => it.slack.calls.filter(({ method }) => method === 'apps.connections.open').length };
  };

  test('acknowledgements carry what Slack expects and nothing else', async () => {
    const { anna, slack } = await noted();
    await anna.says('one');
    await anna.commands('/regulars', 'two');
    expect(slack.wrongAcks).toEqual([]);
  });

  test.each(['refreshSockets', 'cutSockets'] as const)('after %s it connects again', async (move) => {
    const { anna, slack, connections, listener } = await noted();
    slack[move]();
    await vi.waitFor(() => expect(connections()).toBe(2), patience);
    await vi.waitFor(() => expect(listener.ready()).toBe(true), patience);
    await anna.says('still there');
    expect(textsOf(anna)).toEqual(['You said still there']);
  });

  test('while Slack is away it says so, and comes back without anybody’s doing', { timeout: 20_000 }, async () => {
    const { anna, slack, listener } = await noted();
    await slack.goesAway();
    await vi.waitFor(() => expect(listener.ready()).toContain('no connection to Slack'), patience);
    await slack.comesBack();
    await vi.waitFor(() => expect(listener.ready()).toBe(true), patience);
    await anna.says('hello');
    expect(textsOf(anna)).toEqual(['You said hello']);
  });

  test('a refused token is named, and asked about again', async () => {
    const it = await slackStage('socket');
    stage = it;
    it.slack.faults.next('apps.connections.open', { kind: 'error', error: 'invalid_auth' });
    const listener = await it.channel.listen(recordingHub(echo).hub);
    await vi.waitFor(() => expect(listener.ready()).toBe('Slack refuses the app token: invalid_auth'), {
      timeout: 450,
      interval: 5,
    });
    await vi.waitFor(() => expect(listener.ready()).toBe(true), patience);
    await listener.stop();
    expect(listener.ready()).not.toBe(true);
  });
});

test('listening needs a way in', async () => {
  const it = await slackStage('http');
  stage = it;
  const channel = createSlack({ botToken: it.slack.botToken, spoolDir: it.spoolDir, tools: it.tools });
  await expect(channel.listen(recordingHub(() => undefined).hub)).rejects.toThrow('signing secret');
});

describe('files', () => {
  test('are fetched with the token from Slack alone; a page to sign in is no file', async () => {
    const { anna, handled, slack } = await begin('http', echo);
    const bytes = smallPng(7);
    await anna.shares({ name: 'a cake.png', bytes }, 'balance');
    const photo = handled[0]?.photo;
    expect([handled[0]?.text, photo?.bytes]).toEqual(['balance', bytes.length]);
    expect(await photo?.read()).toEqual(bytes);
    const [file] = [...slack.workspace.files.keys()];
    const address = `https://files.slack.com/files-pri/T0REGULARS-${file}/cake.png`;
    expect(await createFetchFile(slack.botToken, slack.apiUrl)(address)).toEqual(bytes);
    await expect(createFetchFile('xoxb-another', slack.apiUrl)(address)).rejects.toThrow('did not give a file out (200)');
    await expect(createFetchFile(slack.botToken, slack.apiUrl)(`${address.replace(file ?? '', 'F404')}`)).rejects.toThrow(
      '(404)',
    );
    for (const elsewhere of ['https://files.slack.com.evil.example/x.png', 'http://files.slack.com/x.png', `${slack.url}/x.png`])
      await expect(createFetchFile(slack.botToken, slack.apiUrl)(elsewhere)).rejects.toThrow('not at Slack');
  });
});

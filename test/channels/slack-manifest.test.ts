import { describe, expect, test } from 'vitest';
import { listened, type Registry, registerListeners } from '../../src/channels/slack/listeners.ts';
import { slackManifest } from '../../src/channels/slack/manifest.ts';
import { identify } from '../../src/channels/slack/read.ts';

const commands = [
  { name: 'balance', about: 'Your points' },
  { name: 'credit', about: 'Give points for a purchase at the till' },
  { name: 'history', about: 'What happened' },
];
const base = { name: 'Bean Street', commandName: '/regulars', description: 'Collect points with every coffee', commands };
const manifest = slackManifest({ ...base, socketMode: true });

/** What is registered, by kind. */
function registered() {
  const found: Record<string, unknown[]> = { event: [], command: [], shortcut: [], action: [], view: [] };
  const note = (kind: string) => (what: unknown) => void found[kind]?.push(what);
  const app = {
    event: note('event'),
    command: note('command'),
    shortcut: note('shortcut'),
    action: note('action'),
    view: note('view'),
  };
  registerListeners(app as unknown as Registry, base.commandName, {
    happened: async () => {},
    deactivated: async () => {},
    uninstalled: async () => {},
  });
  return found;
}

describe('the manifest and the listeners', () => {
  test('name the same events', () => {
    const events = manifest.settings.event_subscriptions.bot_events.map((event) => event.replace(/\.im$/, ''));
    expect(registered()['event']?.toSorted()).toEqual(events.toSorted());
    expect(events.toSorted()).toEqual([...listened.events].toSorted());
    expect(manifest.settings.event_subscriptions.bot_events).toContain('message.im');
  });

  test('name the same slash command, shortcuts and interactions', () => {
    const { command, shortcut, action, view } = registered();
    expect(command?.[0]).toBe(manifest.features.slash_commands[0]?.command);
    const others = command?.[1];
    if (!(others instanceof RegExp)) throw new Error('there is no catch-all');
    expect([others.test('/loyalty'), others.test('/regulars'), others.test('/regulars2')]).toEqual([true, false, true]);
    expect(shortcut).toEqual(manifest.features.shortcuts.map(({ callback_id }) => ({ callback_id, type: 'shortcut' })));
    expect([action?.length, view?.length, manifest.settings.interactivity.is_enabled]).toEqual([1, 2, true]);
  });
});

describe('the manifest', () => {
  test('asks for these scopes and no more', () => {
    expect(manifest.oauth_config.scopes).toEqual({
      bot: ['commands', 'chat:write', 'im:write', 'im:history', 'users:read', 'files:read', 'files:write'],
    });
  });

  test('hints at every command, and passes mentions on', () => {
    expect(manifest.features.slash_commands).toEqual([
      { command: '/regulars', description: base.description, usage_hint: '[balance | credit | history]', should_escape: true },
    ]);
  });

  test('has a home, a chat that can be written in, and a short name for the shortcut', () => {
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
    expect(manifest.features.shortcuts).toEqual([
      { name: 'Credit', type: 'global', callback_id: 'credit', description: 'Give points for a purchase at the till' },
    ]);
  });

  test('with Socket Mode needs no address, without it every part has one', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(manifest)).not.toContain('url');
    const http = slackManifest({ ...base, socketMode: false, publicUrl: 'https://points.example/' });
    const url = 'https://points.example/slack/events';
    expect(http.settings).toMatchObject({
      socket_mode_enabled: false,
      event_subscriptions: { request_url: url },
      interactivity: { request_url: url },
    });
    expect(http.features.slash_commands[0]).toMatchObject({ url });
    expect(() => slackManifest({ ...base, socketMode: false })).toThrow(RangeError);
  });

  test('stays within the limits of Slack, whatever the shop is called', () => {
    const long = slackManifest({
      ...base,
      socketMode: true,
      name: 'x'.repeat(100),
      description: 'y'.repeat(5000),
      commands: Array.from({ length: 300 }, (_, index) => ({ name: `command${index}`, about: 'z' })),
    });
    expect(long.display_information).toMatchObject({
      name: expect.stringMatching(/^.{35}$/),
      description: expect.stringMatching(/^.{140}$/),
      long_description: expect.stringMatching(/^.{4000}$/),
    });
    expect(long.features.slash_commands[0]?.usage_hint.length).toBeLessThanOrEqual(1000);
    expect(long.features.slash_commands[0]?.description.length).toBeLessThanOrEqual(2000);
  });
});

describe('the key of an event', () => {
  test.each([
    [
      { event_id: 'Ev1', event: { user: 'U1' } },
      { id: 'slack-Ev1', user: 'U1' },
    ],
    [
      { event_id: 'Ev2', event: { user: { id: 'U2' } } },
      { id: 'slack-Ev2', user: 'U2' },
    ],
    [
      { trigger_id: '1.2.a', user_id: 'U3' },
      { id: 'slack-1.2.a', user: 'U3' },
    ],
    [
      { type: 'view_submission', trigger_id: '1.2.b', user: { id: 'U4' }, view: { id: 'V1', hash: 'h' } },
      { id: 'slack-1.2.b', user: 'U4' },
    ],
    [
      { type: 'view_closed', user: { id: 'U5' }, view: { id: 'V1', hash: 'h' } },
      { id: 'slack-V1-h-view_closed', user: 'U5' },
    ],
    [
      { event_id: 'Ev6', event: { type: 'app_uninstalled' } },
      { id: 'slack-Ev6', user: '' },
    ],
  ])('%j', (body, expected) => {
    expect(identify(body)).toEqual(expected);
  });

  test('fits the inbox whatever its length, and nothing is nobody', () => {
    expect(identify({ trigger_id: 'x'.repeat(500), user_id: 'U1' })?.id.length).toBeLessThanOrEqual(100);
    expect(identify({ hello: 'there' })).toBeUndefined();
  });
});

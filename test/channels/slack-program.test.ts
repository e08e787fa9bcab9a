import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ownerCode } from '../../src/program/staff/invite.ts';
import { freshDatabase } from '../support/database.ts';
import type { Person } from '../support/fake-slack/index.ts';
import { slackStage } from '../support/fake-slack/stage.ts';
import { talk } from '../support/talk.ts';

type Stage = Awaited<ReturnType<typeof slackStage>>;
let opened: Awaited<ReturnType<typeof freshDatabase>>;
let stage: Stage;
let olga: Person;
let ben: Person;
let anna: Person;
let channel: string;

/** The whole program behind Slack: a fresh database, the real conversation, the strict double. */
beforeAll(async () => {
  opened = await freshDatabase();
  stage = await slackStage('socket');
  const { hub, clock } = await talk(opened);
  await stage.listen(hub);
  [olga, ben, anna] = [stage.slack.person('Olga'), stage.slack.person('Ben'), stage.slack.person('Anna', 'en-GB')];
  channel = stage.slack.channel('till', [ben, anna]);
  await olga.commands('/regulars', `start own_${(await ownerCode(opened, clock.now)).code}`);
  await olga.says('team invite staff');
  const invitation = olga
    .sees()
    .map(({ text, buttons }) => [text, ...buttons.map(({ url }) => url)].join(' '))
    .join('\n');
  await ben.says(`start ${/inv_\w+/.exec(invitation)?.[0]}`);
});

afterAll(async () => {
  await stage.close();
  await opened.close();
});

const last = (person: Person, where?: string) => person.sees(where).at(-1);

async function becomesMember(person: Person): Promise<void> {
  await person.says('start');
  await person.presses('message', 'Join');
}

async function balanceOf(person: Person): Promise<string> {
  await person.commands('/regulars', 'balance');
  return last(person)?.text ?? '';
}

describe('the main job on Slack', () => {
  test('a customer joins by one press and has the welcome bonus', async () => {
    await becomesMember(anna);
    expect(await balanceOf(anna)).toMatch(/\b10\b/);
  });

  test('staff credit in a channel by one line and one press, seen by nobody else', async () => {
    await ben.commands('/regulars', `credit @${anna.id} 12.50`, { channel });
    const question = last(ben, channel);
    expect(question).toMatchObject({ ephemeral: true, text: expect.stringContaining('Give 12 points to Anna?') });
    await ben.presses('message', 'Give 12 points');
    expect(last(ben, channel)).toMatchObject({
      ephemeral: true,
      edited: 1,
      text: expect.stringMatching(/12 points for Anna[\s\S]*22/),
    });
    expect(anna.sees(channel)).toEqual([]);
    expect(await balanceOf(anna)).toMatch(/\b22\b/);
  });

  test('by a shortcut it is one modal: fill in, confirm, done, the next customer', async () => {
    await ben.uses('credit');
    const names = ben.seesModal()?.fields.map(({ name }) => name) ?? [];
    expect(names).toEqual(['who', 'amount', 'receipt']);
    await ben.submits({ who: `@${anna.id}`, amount: 'a lot' });
    expect(Object.keys(ben.seesModal()?.errors ?? {})).toEqual(['amount']);
    await ben.submits({ who: `@${anna.id}`, amount: '8,00', receipt: 'R-7' });
    expect(ben.seesModal()).toMatchObject({ submit: 'Give 8 points', text: expect.stringContaining('Give 8 points to Anna?') });
    await ben.submits();
    expect(ben.seesModal()?.text).toMatch(/8 points for Anna[\s\S]*30/);
    expect(ben.seesModal()?.text).toContain('R-7');
    await ben.presses('modal', 'Next customer');
    expect(ben.seesModal()?.fields.map(({ name }) => name)).toEqual(names);
    await ben.closesModal();
    expect(await balanceOf(anna)).toMatch(/\b30\b/);
  });

  test('a modal that was closed leaves no question open', async () => {
    await ben.commands('/regulars', 'credit');
    await ben.closesModal();
    await ben.says('hello');
    const { rows } = await query('select count(*)::int as open from conversation where user_id = $1', [ben.id]);
    expect(rows).toEqual([{ open: 0 }]);
  });

  test('who may not is told so, also in a modal', async () => {
    await anna.uses('credit');
    expect(anna.seesModal()?.fields).toEqual([]);
    expect(anna.seesModal()?.text).toMatch(/people who work here/);
    await anna.closesModal();
  });

  test('a doubled press and an old button have no second effect', async () => {
    await ben.commands('/regulars', `credit @${anna.id} 1.00`, { channel });
    await Promise.all([ben.presses('message', 'Give 1 point'), ben.presses('message', 'Give 1 point')]);
    expect(await balanceOf(anna)).toMatch(/\b31\b/);
  });

  test('the home shows the card with its picture', async () => {
    await anna.opensHome();
    await vi.waitFor(() => expect(anna.seesHome()?.text).toMatch(/31/));
    expect(anna.seesHome()?.fileId).toMatch(/^F/);
  });

  test('Slack refused nothing that the program said', () => {
    expect(stage.slack.refusals).toEqual([]);
    expect(stage.slack.wrongAcks).toEqual([]);
    expect(stage.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(stage.aside).toEqual([]);
  });
});

const query = (text: string, values: unknown[]) =>
  opened.run<Record<string, unknown>>({ name: 'test', text }, values).then((rows) => ({ rows }));

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Inbound } from '../../src/chat/inbound.ts';
import type { Form, View } from '../../src/chat/view.ts';
import { type Mode, slackStage } from '../support/fake-slack/stage.ts';
import { pause, type Reply } from './contract/setup.ts';
import { recordingHub } from './contract.ts';

let stage: Awaited<ReturnType<typeof slackStage>> | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const form: Form = {
  title: 'Credit points',
  submit: 'Continue',
  starts: 'credit',
  fields: [
    { name: 'member', label: 'Member', hint: 'Code or @mention', optional: false },
    { name: 'amount', label: 'Amount', optional: false },
    { name: 'receipt', label: 'Receipt', optional: true },
  ],
};
const question: View = { title: 'Who gets the points?', form, show: 'privately' };

/** A till as the program is one: asks, refuses, confirms, does. */
function till({ text }: Pick<Inbound, 'text'>): View | undefined {
  const [name, member, amount] = text.split(' ');
  if (text === 'credit') return question;
  if (name === 'credit' && !/^\d/.test(amount ?? '')) {
    return {
      ...question,
      body: 'Not an amount.',
      form: { ...form, starts: `credit ${member}`, problem: { field: 'amount', text: 'Not an amount. Try 12.50.' } },
    };
  }
  if (name === 'credit') {
    const buttons = [
      [
        { label: 'Give the points', does: '~stamp yes', style: 'primary' as const },
        { label: 'Cancel', does: '~stamp no' },
      ],
    ];
    return {
      title: 'Sure?',
      facts: [
        ['Member', member ?? ''],
        ['Points', String(Math.floor(Number(amount)))],
      ],
      buttons,
    };
  }
  if (text === '~stamp yes')
    return { title: '12 points for Anna. New balance 22.', buttons: [[{ label: 'Undo', does: 'undo', style: 'danger' }]] };
  if (text === 'undo') return { title: 'Undone. New balance 10.' };
  return { title: `You said ${text}` };
}

async function begin(mode: Mode = 'socket', reply: Reply = till) {
  const it = await slackStage(mode);
  stage = it;
  const hub = recordingHub(reply);
  await it.listen(hub.hub);
  const eve = it.slack.person('Eve at the till');
  return { ...it, ...hub, eve, texts: () => hub.handled.map(({ text }) => text) };
}

describe.each(['socket', 'http'] as const)('credit by %s', (mode) => {
  test('fill in, send, confirm, done: one modal, and undo within it', async () => {
    const { eve, texts, handled, slack } = await begin(mode);
    const channel = slack.channel('till', [eve]);
    await eve.commands('/regulars', 'credit', { channel });
    expect(eve.seesModal()).toMatchObject({
      title: 'Credit points',
      submit: 'Continue',
      text: 'Who gets the points?\nMember\nCode or @mention\nAmount\nReceipt',
      fields: [{ name: 'member', optional: false }, { name: 'amount' }, { name: 'receipt', optional: true }],
    });
    await eve.submits({ member: 'K7Q2-9XMP-4', amount: '12.50' });
    expect(eve.seesModal()).toMatchObject({
      title: 'Credit points',
      submit: 'Give the points',
      close: 'Cancel',
      text: 'Sure?\nMember\nK7Q2-9XMP-4\nPoints\n12',
      buttons: [],
    });
    await eve.submits();
    expect(eve.seesModal()).toMatchObject({ title: 'Credit points', text: '12 points for Anna. New balance 22.' });
    expect(eve.seesModal()?.submit).toBeUndefined();
    await eve.presses('modal', 'Undo');
    expect(eve.seesModal()).toMatchObject({ text: 'Undone. New balance 10.', buttons: [] });
    await eve.closesModal();
    expect(texts()).toEqual(['credit', 'credit K7Q2-9XMP-4 12.50', '~stamp yes', 'undo']);
    // It began in a channel: the program must find the same conversation in every step.
    expect(handled.map(({ place }) => place)).toEqual(['group', 'group', 'group', 'group']);
    expect(handled.map(({ pressed }) => pressed !== undefined)).toEqual([false, false, true, true]);
    expect([...eve.sees(), ...eve.sees(channel)]).toEqual([]);
    expect(new Set(handled.map(({ id }) => id)).size).toBe(4);
    expect(slack.wrongAcks).toEqual([]);
  });

  test('a wrong answer is shown under its field, and can be mended', async () => {
    const { eve, texts } = await begin(mode);
    await eve.uses('credit');
    await eve.submits({ member: 'K7', amount: 'twelve' });
    expect(eve.seesModal()).toMatchObject({ errors: { amount: 'Not an amount. Try 12.50.' }, submit: 'Continue' });
    await eve.submits({ member: 'K7', amount: 'twelve' });
    await eve.submits({ member: 'K7', amount: '12', receipt: 'till "two"' });
    expect(eve.seesModal()).toMatchObject({ submit: 'Give the points' });
    expect(texts()).toEqual(['credit', 'credit K7 twelve', 'credit K7 twelve', 'credit K7 12 "till two"']);
  });
});

describe('ways into a modal, and out of it', () => {
  test('a button in the chat opens it; the message stays', async () => {
    const { eve } = await begin('socket', (inbound) =>
      inbound.text === 'help' ? { title: 'Help', buttons: [[{ label: 'Credit', does: 'credit' }]] } : till(inbound),
    );
    await eve.says('help');
    await eve.presses('message', 'Credit');
    expect(eve.seesModal()?.title).toBe('Credit points');
    expect(eve.sees().map(({ text, edited }) => [text, edited])).toEqual([['Help', 0]]);
  });

  test('typed words have no trigger: the question is asked step by step', async () => {
    const { eve } = await begin();
    await eve.says('credit');
    expect(eve.seesModal()).toBeUndefined();
    expect(eve.sees().map(({ text }) => text)).toEqual(['Who gets the points?']);
  });

  test('a shortcut for somebody who may not is told so in a modal', async () => {
    const { eve } = await begin('socket', () => ({
      body: 'This is for the staff.',
      buttons: [[{ label: 'Help', does: 'help' }]],
    }));
    await eve.uses('credit');
    expect(eve.seesModal()).toMatchObject({ title: 'Bean Street', text: 'This is for the staff.' });
    expect(eve.seesModal()?.buttons.map(({ label }) => label)).toEqual(['Help']);
  });

  test('Cancel says so to the program, and closing an unfinished form leaves no question open', async () => {
    const { eve, texts } = await begin();
    await eve.uses('credit');
    await eve.submits({ member: 'K7', amount: '12' });
    await eve.closesModal();
    await eve.uses('credit');
    await eve.closesModal();
    expect(texts()).toEqual(['credit', 'credit K7 12', '~stamp no', 'credit', 'cancel']);
    expect(eve.sees()).toEqual([]);
  });

  test('a choice comes back as its value', async () => {
    const shops: Form = {
      ...form,
      fields: [{ name: 'shop', label: 'Shop', optional: false, choices: [{ label: 'Main street', value: 'main' }] }],
    };
    const { eve, texts } = await begin('socket', ({ text }) =>
      text === 'credit' ? { title: 'Where?', form: shops } : { title: text },
    );
    await eve.uses('credit');
    await eve.submits({ shop: 'Main street' });
    expect(texts()).toEqual(['credit', 'credit main']);
  });

  test('a problem of a field that is not in the modal gives the next form', async () => {
    const next: Form = {
      ...form,
      starts: 'credit x',
      fields: [{ name: 'other', label: 'Other', optional: false }],
      problem: { field: 'other', text: 'Which?' },
    };
    const { eve } = await begin('socket', ({ text }) => (text === 'credit' ? question : { title: 'More', form: next }));
    await eve.uses('credit');
    await eve.submits({ member: 'K7', amount: '12' });
    expect(eve.seesModal()).toMatchObject({ errors: {}, text: 'More\nWhich?\nOther', fields: [{ name: 'other' }] });
  });

  test('a form within a modal takes its place', async () => {
    const { eve } = await begin('socket', ({ text }) =>
      text === 'undo' ? question : { title: 'Done', buttons: [[{ label: 'Undo', does: 'undo' }]] },
    );
    await eve.uses('credit');
    await eve.presses('modal', 'Undo');
    expect(eve.seesModal()).toMatchObject({ title: 'Credit points', submit: 'Continue' });
  });

  test('a file at the end of a modal comes to the own chat', async () => {
    const { eve } = await begin('socket', ({ text }) =>
      text === 'credit' ? question : { title: 'Report', file: { name: 'r.csv', bytes: new Uint8Array([1]) } },
    );
    await eve.uses('credit');
    await eve.submits({ member: 'K7', amount: '12' });
    expect(eve.seesModal()?.text).toBe('Report');
    await vi.waitFor(() => expect(eve.sees().map(({ file }) => file?.name)).toEqual(['r.csv']));
  });
});

describe('too late', () => {
  test('for a trigger: the question is asked where the command was given', { timeout: 15_000 }, async () => {
    const { eve, slack } = await begin('socket', async (inbound) => {
      await pause(2700);
      return till(inbound);
    });
    const channel = slack.channel('till', [eve]);
    await eve.commands('/regulars', 'credit', { channel });
    await vi.waitFor(
      () => expect(eve.sees(channel).map(({ text, ephemeral }) => [text, ephemeral])).toEqual([['Who gets the points?', true]]),
      { timeout: 5000 },
    );
    expect(eve.seesModal()).toBeUndefined();
  });

  test('for a trigger that Slack refuses', async () => {
    const { eve, slack } = await begin();
    slack.faults.next('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await eve.commands('/regulars', 'credit');
    expect(eve.sees().map(({ text }) => text)).toEqual(['Who gets the points?']);
  });

  test.each(['a channel', 'a shortcut'])(
    'for the answer of a modal that began with %s: the modal closes, the reply comes',
    { timeout: 15_000 },
    async (from) => {
      const { eve, slack, texts } = await begin('http', async (inbound) => {
        if (inbound.text !== 'credit') await pause(3000);
        return till(inbound);
      });
      const channel = slack.channel('till', [eve]);
      await (from === 'a channel' ? eve.commands('/regulars', 'credit', { channel }) : eve.uses('credit'));
      await eve.submits({ member: 'K7', amount: '12' });
      expect(eve.seesModal()).toBeUndefined();
      const where = from === 'a channel' ? channel : undefined;
      await vi.waitFor(() => expect(eve.sees(where).map(({ text }) => text)).toEqual(['Sure?\nMember\nK7\nPoints\n12']), {
        timeout: 5000,
      });
      expect(eve.sees(where)[0]?.buttons.map(({ label }) => label)).toEqual(['Give the points', 'Cancel']);
      expect(texts()).toEqual(['credit', 'credit K7 12']);
    },
  );
});

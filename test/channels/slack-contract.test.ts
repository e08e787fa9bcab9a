import type { SeenMessage } from '../support/fake-slack/index.ts';
import { type Mode, slackStage } from '../support/fake-slack/stage.ts';
import { channelContract, type Fault, type Seen, type Setup } from './contract.ts';

const seenAs = (message: SeenMessage): Seen => ({
  id: message.ts,
  // What is to be copied stands behind its label.
  text: message.text,
  buttons: message.buttons.map(({ label, url }) => ({ label, ...(url ? { url } : {}) })),
  ...(message.image ? { image: message.image } : {}),
  ...(message.file ? { file: message.file } : {}),
});

const setup = (mode: Mode) => async (): Promise<Setup> => {
  const stage = await slackStage(mode, { processingMs: 100, ackWithinMs: 3000 });
  const { slack, channel } = stage;
  const anna = slack.person('Anna Ivanova');
  const nothing = async () => {};

  const faults: Record<Fault, () => Promise<() => Promise<unknown>>> = {
    unreachable: async () => {
      slack.faults.next('chat.postMessage', { kind: 'error', error: 'is_archived' });
      return nothing;
    },
    'slow down': async () => {
      slack.faults.next('chat.postMessage', { kind: 'slow down', retryAfter: 3 });
      return nothing;
    },
    'no connection': async () => {
      await slack.goesAway();
      return slack.comesBack;
    },
    refused: async () => {
      slack.faults.next('chat.postMessage', { kind: 'error', error: 'msg_blocks_too_long' });
      return nothing;
    },
    'reply lost': async () => {
      slack.faults.next('chat.postMessage', { kind: 'drop' });
      return nothing;
    },
  };

  return {
    channel,
    address: { channel: 'slack', user: anna.id, chat: anna.chat },
    async connect(listener) {
      const { webhook } = listener;
      if (webhook) slack.connectHttp((request) => webhook.fetch(request));
      else
        for (let waited = 0; !slack.isConnected() && waited < 5000; waited += 10)
          await new Promise((resolve) => setTimeout(resolve, 10));
    },
    seen: () => anna.sees().map(seenAs),
    says: anna.says,
    presses: (label) => anna.presses('message', label),
    sendsPicture: (png) => anna.shares({ name: 'picture.png', bytes: png }),
    fault: (kind) => faults[kind](),
    close: stage.close,
  };
};

channelContract('Slack, Socket Mode', setup('socket'));
channelContract('Slack, HTTP', setup('http'));

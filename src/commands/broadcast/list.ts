import type { Command, Scene } from '../../chat/command.ts';
import { endConversation } from '../../chat/conversation.ts';
import type { Button } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { campaignOf, campaignsOf } from '../../program/campaigns/campaigns.ts';
import type { Context } from '../../program/context.ts';
import { scheduleText } from './hours.ts';
import { parts } from './parts.ts';
import { screenOf } from './screen.ts';
import { seenIn, which } from './which.ts';

const most = 10;

/** Which of the broadcasts' commands stand behind a number: `broadcast 12 people tier:gold` is `broadcast people 12 tier:gold`. */
const commands = [
  ...['words', 'text', 'fallback', 'people', 'details', 'set', 'look', 'test', 'start', 'everybody', 'pause', 'resume', 'stop'],
  ...['approve', 'decline', 'report', 'uncertain'],
];

function becomes(args: string): string | undefined {
  const [, id, word = '', rest = ''] = /^#?([1-9]\d{0,8}(?:\.\d+)?)\s+([a-z]+)\s*([\s\S]*)$/i.exec(args.trim()) ?? [];
  const name = word.toLowerCase();
  if (id === undefined) return undefined;
  if (commands.includes(name)) return `broadcast ${name} ${id} ${rest}`;
  return parts.some((part) => part.name === name) ? `broadcast set ${id} ${name} ${rest}` : undefined;
}

/** What a broadcast is called on a list. */
const labelOf = ({ id, name }: Campaign): string => `${id}. ${name}`;

function stateText({ state, schedule, startedAt, endedAt }: Campaign, scene: Scene): string {
  const { say } = scene;
  if (state === 'scheduled' && schedule.kind !== 'now')
    return say('broadcast:listed.scheduled', { when: scheduleText(schedule, scene) });
  const at = state === 'done' || state === 'stopped' ? endedAt : startedAt;
  if (state === 'scheduled') return say('broadcast:listed.running');
  return at ? say('broadcast:listed.since', { state: say(`broadcast:listed.${state}`), at }) : say(`broadcast:listed.${state}`);
}

/** Every broadcast with where it is, the newest first. */
async function listView(ctx: Context, scene: Scene) {
  const { say } = scene;
  const found = await campaignsOf(ctx.db, { limit: most });
  const buttons: Button[][] = found.map((one) => [{ label: labelOf(one), does: `broadcast ${one.id}` }]);
  return {
    title: say('broadcast:all'),
    body: say(found.length === 0 ? 'broadcast:list_none' : 'broadcast:list'),
    facts: found.map((one) => [labelOf(one), stateText(one, scene)] as const),
    buttons: [[{ label: say('broadcast:new'), does: 'broadcast new', style: 'primary' as const }], ...buttons],
    show: 'privately' as const,
  };
}

/** Messages to many: all there are, or one of them as it stands. */
export const broadcast: Command = {
  name: 'broadcast',
  for: 'owner',
  reads: true,
  asks: [{ ...which(), optional: true }],
  becomes,
  run: async (ctx, answers, scene) => {
    // The way back from a question: what was asked is not waited for any more.
    await endConversation(ctx, scene);
    return answers.which === undefined
      ? listView(ctx, scene)
      : screenOf(ctx, await campaignOf(ctx.db, seenIn(answers).id), scene);
  },
};

import type { Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { lastMomentOf } from '../../program/ledger/points.ts';
import { mayWait, waitingOf } from '../../program/ledger/release.ts';
import { expiriesOf } from '../../program/members/movements.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { tierGlance } from './tier.ts';

type Fact = readonly [label: string, value: string];

/** Points that wait, by the day on which they are released. */
async function waitingFacts(ctx: Context, memberId: number, { say, program }: Scene): Promise<Fact[]> {
  if (!(await mayWait(ctx, program.version))) return [];
  const days = new Map<string, number>();
  for (const { points, releaseAt } of await waitingOf(ctx, memberId)) {
    const day = say('payments:waiting', { at: releaseAt });
    days.set(day, (days.get(day) ?? 0) + points);
  }
  return [...days].map(([day, points]) => [day, say('member:points', { count: points })] as const);
}

/** The points a member has, those that wait, and every date on which some of them end, a page at a time. */
export const balance: Command = {
  name: 'balance',
  for: 'member',
  reads: true,
  asks: [
    {
      name: 'page',
      optional: true,
      field: ({ say }) => ({ label: say('payments:balance.page') }),
      read: (typed) => {
        if (!/^[1-9]\d{0,3}$/.test(typed.trim())) throw new Refusal('page.unclear');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('payments:balance.page') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, who, program } = scene;
    const member = who.member;
    if (!member) throw new Error('balance runs for members');
    const page = Number(answers.page ?? 1);
    // Most programs never expire points: then who-is-this has said it all, and no second question is asked.
    const { dates, later } = member.nextExpiry ? await expiriesOf(ctx, member.id, page - 1) : { dates: [], later: false };
    const waiting = page === 1 ? await waitingFacts(ctx, member.id, scene) : [];
    const level = page === 1 ? await tierGlance(ctx, scene) : { facts: [], buttons: [] };
    const until = (at: Date): string => say('member:balance.until', { at: lastMomentOf(at, program.rules) });
    const turn = [
      ...(page > 1 ? [{ label: say('payments:balance.sooner'), does: `balance ${page - 1}` }] : []),
      ...(later ? [{ label: say('payments:balance.later'), does: `balance ${page + 1}` }] : []),
    ];
    const offers = program.rules.rewards.some(({ hidden }) => !hidden) ? [button(scene, 'rewards')] : [];
    return {
      body: [
        say('member:balance.points', { count: member.balance }),
        member.debt > 0 ? say('member:balance.debt', { count: member.debt }) : '',
      ]
        .filter(Boolean)
        .join('\n'),
      facts: [
        ...level.facts,
        ...waiting,
        ...dates.map(({ at, points }) => [until(at), say('member:points', { count: points })] as const),
      ],
      buttons: [
        ...(turn.length > 0 ? [turn] : []),
        [button(scene, 'card'), button(scene, 'history')],
        [...offers, ...level.buttons],
      ].filter((row) => row.length > 0),
      show: 'privately',
    };
  },
};

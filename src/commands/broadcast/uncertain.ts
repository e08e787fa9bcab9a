import type { Command } from '../../chat/command.ts';
import { uncertainOf } from '../../program/campaigns/uncertain.ts';
import { seenIn, which } from './which.ts';

const perPage = 20;

/** Everybody of whom nobody knows whether it reached them, one by one. */
export const broadcastUncertain: Command = {
  name: 'broadcast uncertain',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [
    which('running', 'paused', 'stopped', 'done'),
    {
      name: 'page',
      optional: true,
      field: () => undefined,
      read: (typed) => (/^[1-9]\d{0,4}$/.test(typed) ? typed : '1'),
      question: (_ctx, _answers, { say }) => ({ body: say('broadcast:which') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const { id } = seenIn(answers);
    const page = Number(answers.page ?? '1');
    const { all, rows } = await uncertainOf(ctx.db, id, { skip: (page - 1) * perPage, take: perPage });
    const to = (other: number, label: string) => ({ label, does: `/broadcast uncertain ${id} ${other}` });
    return {
      title: say('broadcast:uncertain.title', { count: all }),
      body: say(all === 0 ? 'broadcast:uncertain.none' : 'broadcast:uncertain.about'),
      facts: rows.map(
        ({ name, code, at }) => [name, [code, at ? say('broadcast:at', { at }) : ''].filter(Boolean).join(' · ')] as const,
      ),
      buttons: [
        [
          ...(page > 1 ? [to(page - 1, say('broadcast:earlier'))] : []),
          ...(all > page * perPage ? [to(page + 1, say('broadcast:further'))] : []),
        ],
        [{ label: say('broadcast:back'), does: `/broadcast ${id}` }],
      ].filter((row) => row.length > 0),
      show: 'privately',
    };
  },
};

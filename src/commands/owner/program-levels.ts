import type { Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { applyTiers } from '../../program/tiers/apply-tiers.ts';
import { button } from '../buttons.ts';

/** After a change of levels: everybody stands at once where their purchases have brought them, instead of at the next evaluation. */
export const programLevels: Command = {
  name: 'program levels',
  for: 'owner',
  hidden: true,
  asks: [
    {
      name: 'version',
      optional: true,
      field: ({ say }) => ({ label: say('program:ask.version') }),
      read: (typed) => {
        if (!/^[1-9]\d{0,8}$/.test(typed.trim())) throw new Refusal('program.no_such_version');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('program:ask.version') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const version = Number(answers.version ?? scene.program.version);
    const found = await ctx.db.prisma.programVersion.findFirst({
      where: { id: version, withdrawnAt: null },
      select: { startsAt: true },
    });
    if (!found) throw new Refusal('program.no_such_version');
    await applyTiers(ctx, 'now', { version, timeZone: scene.shop.timeZone });
    const { say } = scene;
    const body = found.startsAt > ctx.now ? say('program:levels.later', { at: found.startsAt }) : say('program:levels.now');
    return { body, buttons: [[button(scene, 'program')]], show: 'privately' };
  },
};

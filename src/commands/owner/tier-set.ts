import type { Ask, Command, Scene } from '../../chat/command.ts';
import { businessDay, dayBegins } from '../../program/calendar.ts';
import { shownCode } from '../../program/codes.ts';
import { findMember } from '../../program/members/find.ts';
import { Refusal } from '../../program/refusal.ts';
import { setTier } from '../../program/tiers/set-tier.ts';
import { tierOf } from '../../program/tiers/tier-of.ts';
import { button } from '../buttons.ts';
import { readDay } from '../changing/read-day.ts';
import { type Choice, chosen } from '../choice.ts';
import { confirm } from '../confirm.ts';
import { noonOf } from '../rules/wording.ts';
import { who } from '../staff/who.ts';

const auto = 'auto';

function choicesOf({ say, program }: Pick<Scene, 'say' | 'program'>): Choice[] {
  const levels = program.rules.tiers?.levels;
  if (!levels) throw new Refusal('tier.none');
  return [...levels.map(({ id, name }) => ({ value: id, label: name })), { value: auto, label: say('tiers:set.auto') }];
}

const nameOf = (level: string | undefined, scene: Pick<Scene, 'say' | 'program'>): string =>
  choicesOf(scene).find(({ value }) => value === level)?.label ?? level ?? '';

const level: Ask = {
  name: 'level',
  field: (scene) => ({ label: scene.say('tiers:set.which'), choices: scene.program.rules.tiers ? choicesOf(scene) : [] }),
  read: (typed, _ctx, scene) => {
    const found = chosen(typed, choicesOf(scene));
    if (!found) throw new Refusal('tier.unknown');
    return found;
  },
  question: (_ctx, _answers, scene, answer) => ({
    body: scene.say('tiers:set.which'),
    buttons: [
      ...choicesOf(scene).map(({ label, value }) => [{ label, does: answer(value) }]),
      [{ label: scene.say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

/** The last day of it, as it is kept: `YYYY-MM-DD`. A word before it (`until`, `до`) is no harm. */
const until: Ask = {
  name: 'until',
  optional: true,
  field: ({ say }) => ({ label: say('tiers:set.until'), hint: say('tiers:set.until_hint') }),
  read: (typed, ctx, { shop, program }) => {
    const today = businessDay(ctx.now, shop.timeZone, program.rules.dayStartsAt).day;
    const day = readDay(
      typed
        .normalize('NFKC')
        .trim()
        .replace(/^\p{L}+\s+/u, ''),
      Number(today.slice(0, 4)),
    );
    if (day === undefined) throw new Refusal('tier.day_unclear');
    if (day < today) throw new Refusal('tier.until_past');
    return day;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('tiers:set.until_hint') }),
};

/** When a level given until a day ends: with the beginning of the day after it. */
function endOf(day: string, { shop, program }: Pick<Scene, 'shop' | 'program'>): Date {
  const { dayStartsAt } = program.rules;
  return businessDay(dayBegins(day, shop.timeZone, dayStartsAt), shop.timeZone, dayStartsAt).until;
}

const sure = confirm(async (ctx, answers, scene) => {
  const { say, from, program, shop } = scene;
  const member = await findMember(ctx, answers.who ?? '', from.channel);
  const found = await tierOf(ctx, member.id, program.rules, shop.timeZone);
  if (!found) throw new Refusal('tier.none');
  const end = answers.until === undefined ? say('tiers:set.open') : say('tiers:set.day', { at: noonOf(answers.until, scene) });
  const day = businessDay(new Date(ctx.now.getTime() + 30 * 86_400_000), shop.timeZone, program.rules.dayStartsAt).day;
  return {
    title:
      answers.level === auto
        ? say('tiers:set.sure_auto', { name: member.name })
        : say('tiers:set.sure', { tier: nameOf(answers.level, scene), name: member.name }),
    facts: [
      [say('staff:who.label'), shownCode(member.code)],
      [say('tiers:set.now'), found.tier?.name ?? say('tiers:set.none')],
      ...(answers.level === auto ? [] : [[say('tiers:set.until'), end] as const]),
    ],
    ...(answers.level !== auto && answers.until === undefined
      ? { footer: say('tiers:set.with_day', { code: shownCode(member.code), tier: answers.level, day }) }
      : {}),
    yes: say('tiers:set.yes'),
  };
});

/** A level by hand, until a day or until it is taken back (`auto`). The member is told. */
export const tierSet: Command = {
  name: 'tier set',
  for: 'owner',
  asks: [who, level, until, sure],
  run: async (ctx, answers, scene) => {
    const { say, from, program, shop } = scene;
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    const tier = answers.level === auto ? null : (answers.level ?? '');
    const end = tier === null || answers.until === undefined ? null : endOf(answers.until, scene);
    const done = await setTier(ctx, { memberId: member.id, tier, until: end }, program.rules, shop.timeZone);
    return {
      title: say('tiers:set.done', { name: member.name, tier: done.name ?? say('tiers:set.none') }),
      ...(tier === null
        ? { body: say('tiers:set.auto') }
        : {
            facts: [
              [
                say('tiers:set.until'),
                answers.until === undefined ? say('tiers:set.open') : say('tiers:set.day', { at: noonOf(answers.until, scene) }),
              ] as const,
            ],
          }),
      buttons: [[button(scene, 'tiers'), { ...button(scene, 'member', member.code) }]],
      show: 'privately',
    };
  },
};

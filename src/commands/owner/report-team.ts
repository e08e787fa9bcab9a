import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import {
  type Conduct,
  conductOf,
  deedsOf,
  oftenADay,
  type Page,
  type Period,
  teamEver,
} from '../../program/control/team-report.ts';
import { Refusal } from '../../program/refusal.ts';
import { deedText } from './deed-text.ts';
import { type About, readAbout, writtenAbout } from './report-about.ts';

const peoplePerPage = 6;
const deedsPerPage = 8;
const dayMs = 86_400_000;
/** Looked at when nothing happened in less. */
const longerDays = 90;

const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

const subject: Ask = {
  name: 'about',
  optional: true,
  field: ({ say }) => ({ label: say('control:report.label'), hint: say('control:report.hint') }),
  read: async (typed, ctx, { program }) => {
    const { about, rest } = readAbout(typed.normalize('NFKC'));
    const said = fold(rest);
    if (said !== '') {
      const shop = program.rules.shops.find(({ id, name }) => id === said || fold(name) === said);
      const people = (await teamEver(ctx)).filter(({ name }) => fold(name) === said);
      if (!shop && people.length > 1) throw new Refusal('team.same_name');
      if (!shop && people.length === 0) throw new Refusal('report.period_unclear');
      if (shop) about.shop = shop.id;
      else about.person = people[0]?.id as number;
    }
    return writtenAbout(about);
  },
  question: (_ctx, _answers, { say }) => ({ body: say('control:report.hint') }),
};

/** What one person did, in a few words; what an owner should look at comes first. */
function conductText(one: Conduct, { say }: Pick<Scene, 'say'>): string {
  return [
    one.often > 0 ? say('control:report.often', { count: one.often, times: oftenADay }) : '',
    one.over > 0 ? say('control:report.over', { count: one.over }) : '',
    say('control:report.credits', { count: one.credits, amount: one.amountMinor }),
    say('control:report.points', { count: one.points }),
    one.refunds > 0 ? say('control:report.refunds', { count: one.refunds, amount: one.refundedMinor }) : '',
    one.undone > 0 ? say('control:report.undone', { count: one.undone }) : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function pages({ more }: Page<unknown>, about: About, { say }: Pick<Scene, 'say'>): Button[] {
  const to = (page: number) => `report team ${writtenAbout({ ...about, page })}`;
  return [
    ...(about.page > 1 ? [{ label: say('control:report.back'), does: to(about.page - 1) }] : []),
    ...(more ? [{ label: say('control:report.more'), does: to(about.page + 1) }] : []),
  ];
}

const titleOf = (about: About, { say, program }: Pick<Scene, 'say' | 'program'>): string => {
  const place = program.rules.shops.find(({ id }) => id === about.shop)?.name;
  return [say('control:report.title', { count: about.days }), ...(place ? [place] : [])].join(' · ');
};

async function everybody(ctx: Context, about: About, period: Period, scene: Scene): Promise<View> {
  const found = await conductOf(ctx, period, about.page - 1, peoplePerPage);
  return {
    title: titleOf(about, scene),
    ...(found.rows.length === 0 ? { body: scene.say('control:report.nothing') } : {}),
    facts: found.rows.map((one) => [one.name, conductText(one, scene)] as const),
    buttons: [
      ...found.rows.map((one) => [
        { label: one.name, does: `report team ${writtenAbout({ ...about, person: one.personId, page: 1 })}` },
      ]),
      pages(found, about, scene),
      ...(found.rows.length === 0 && about.days < longerDays
        ? [
            [
              {
                label: titleOf({ ...about, days: longerDays }, scene),
                does: `report team ${writtenAbout({ ...about, days: longerDays })}`,
              },
            ],
          ]
        : []),
    ].filter((row) => row.length > 0),
    show: 'privately',
  };
}

async function onePerson(ctx: Context, about: About, period: Period, scene: Scene): Promise<View> {
  const { say } = scene;
  const found = await deedsOf(ctx, period, about.page - 1, deedsPerPage);
  const [conduct] = about.page === 1 ? (await conductOf(ctx, period, 0, 1)).rows : [];
  const name = (await teamEver(ctx)).find(({ id }) => id === about.person)?.name ?? '';
  const { person: _whoever, ...all } = about;
  return {
    title: name,
    body: [
      titleOf(about, scene),
      conduct ? conductText(conduct, scene) : '',
      found.rows.length === 0 ? say('control:report.nothing') : '',
    ]
      .filter(Boolean)
      .join('\n'),
    facts: found.rows.map((deed) => [say('control:report.at', { at: deed.at }), deedText(deed, scene)] as const),
    buttons: [
      pages(found, about, scene),
      [{ label: say('control:report.all'), does: `report team ${writtenAbout({ ...all, page: 1 })}` }],
    ].filter((row) => row.length > 0),
    show: 'privately',
  };
}

/** Who did what: everybody in a few words, or one person line by line; of the last days, of one shop. */
export const reportTeam: Command = {
  name: 'report team',
  for: 'owner',
  reads: true,
  asks: [subject],
  run: async (ctx, answers, scene) => {
    const { about } = readAbout(answers.about ?? '');
    const period: Period = {
      from: new Date(ctx.now.getTime() - about.days * dayMs),
      timeZone: scene.shop.timeZone,
      dayStartsAt: scene.program.rules.dayStartsAt,
      ...(about.person === undefined ? {} : { personId: about.person }),
      ...(about.shop === undefined ? {} : { shop: about.shop }),
    };
    return about.person === undefined ? everybody(ctx, about, period, scene) : onePerson(ctx, about, period, scene);
  },
};

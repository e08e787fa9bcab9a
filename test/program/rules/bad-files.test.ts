import { describe, expect, test } from 'vitest';
import { createWords } from '../../../src/chat/words.ts';
import { checkRules } from '../../../src/program/rules/check.ts';
import { readProgram } from '../../../src/program/rules/file.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';

const frame = { currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };
const words = await createWords(frame);

const base = 'earn:\n  - { id: base, kind: money, points: 1, per: 1.00 }\n';
/** The sentences about a file that begins with two lines of an earning rule. */
const problems = (text: string, before = base): string[] =>
  readProgram(before + text, frame).problems.map(({ line, column, code, params }) => {
    expect(line, code).toBeGreaterThan(0);
    expect(column, code).toBeGreaterThan(0);
    return `${line}: ${words.say('en')(code, params)}`;
  });

const reward = (more: string): string => `rewards:\n  - { id: a, name: A, kind: privilege, cost: 10, valid_days: 30, ${more} }\n`;
const bonus = (id: string, more: string): string => `  - { id: ${id}, points: 5, ${more} }\n`;

const table: [what: string, file: string, ...expected: string[]][] = [
  ['a typo', 'welcom: 10\n', '3: welcom is unknown. Here there can be: joining, welcome, earn,'],
  ['a name of the program’s own', 'pendingDays: 3\n', '3: pendingDays is unknown.'],
  ['a typo deep inside', reward('stok: 3'), '4: stok is unknown. Here there can be: id, name, about, cost, kind, hidden, stock,'],
  [
    'a gap below the first tier',
    'tiers:\n  by: points\n  levels:\n    - { id: silver, name: S, from: 100 }\n',
    '6: Level silver begins at 100. The first level must begin at 0',
  ],
  [
    'tiers in the wrong order',
    'tiers:\n  by: points\n  levels:\n    - { id: basic, name: B, from: 0 }\n    - { id: silver, name: S, from: 1000 }\n    - { id: gold, name: G, from: 500 }\n',
    '8: Level gold begins at 500, below silver (1000).',
  ],
  [
    'tiers that overlap, by money',
    'tiers:\n  by: money\n  levels:\n    - { id: a, name: A, from: 0 }\n    - { id: b, name: B, from: 99.50 }\n    - { id: c, name: C, from: 99.50 }\n',
    '8: Levels b and c both begin at €99.50.',
  ],
  [
    'seven tiers',
    `tiers:\n  by: points\n  levels:\n${[0, 1, 2, 3, 4, 5, 6].map((n) => `    - { id: t${n}, name: T, from: ${n} }\n`).join('')}`,
    '5: levels: that is too much, there can be at most 6.',
  ],
  ['an id that is taken, by another kind of rule', `bonuses:\n${bonus('base', 'stack: yes')}`, '4: base is taken already.'],
  [
    'an id that nobody could type',
    'categories:\n  - { id: Чай, name: Tea }\n',
    '4: id: write a short name in small Latin letters',
  ],
  [
    'tiers, shops, categories and rewards that there are none of',
    `bonuses:\n${bonus('b', 'when: { tiers: [gold], shops: [mall], categories: [tea] }')}birthday: { reward: cake }\nstamps:\n  - { id: s, name: S, of: 10, for: { kind: purchase }, reward: coffee }\n`,
    '4: There is no level gold.',
    '4: There is no shop mall.',
    '4: There is no category tea.',
    '5: There is no reward cake.',
    '7: There is no reward coffee.',
  ],
  [
    'a reward dearer than any balance',
    reward('stock: 1').replace('cost: 10', 'cost: 1000000001'),
    '4: Reward a costs 1000000001, but nobody can ever have more than 1000000000.',
  ],
  [
    'a reward dearer than the cap',
    `caps: { member: 9 }\n${reward('stock: 1')}`,
    '5: Reward a costs 10, but nobody can ever have more than 9.',
  ],
  [
    'a reward that a day’s cap never adds up to before points end',
    `caps: { day: 1 }\nexpiry: { policy: months, months: 1 }\n${reward('stock: 1').replace('cost: 10', 'cost: 100')}`,
    '6: Reward a costs 100, but nobody can ever have more than 34.',
  ],
  [
    'a reward that is for nothing',
    reward('stock: 1').replace('privilege, cost: 10', 'item, item: tea, cost: 0'),
    '4: Reward a costs nothing',
  ],
  [
    'an expiry before the release',
    'pending_days: 28\nexpiry: { policy: months, months: 1 }\n',
    '4: Points would expire before they can be spent (months: 1, pending_days: 28).',
  ],
  [
    'idleness before the release',
    'pending_days: 60\nexpiry: { policy: inactivity, months: 2 }\n',
    '4: Points would expire before they can be spent',
  ],
  [
    'bonuses of one priority that don’t stack',
    `bonuses:\n${bonus('x', 'priority: 2, stack: no')}${bonus('y', 'priority: 2')}`,
    '5: Bonuses x and y can meet in one purchase, with the same priority (2)',
  ],
  [
    'hours that meet after midnight',
    `bonuses:\n${bonus('x', 'stack: no, when: { hours: { from: "22:00", until: "02:00" } }')}${bonus('y', 'when: { hours: { from: "01:00", until: "03:00" } }')}`,
    '5: Bonuses x and y can meet',
  ],
  [
    'an unknown language',
    'categories:\n  - id: tea\n    name: { en: Tea, de: Tee }\n',
    "5: I don't speak de. The languages are: en, ru, bg, fi, pl.",
  ],
  [
    'no text in the shop’s own language',
    'categories:\n  - id: tea\n    name: { fi: Tee }\n',
    '5: The text in your own language (en) is missing.',
  ],
  [
    'a text that is none',
    'categories:\n  - { id: tea, name: "" }\n  - { id: cup, name: 7 }\n',
    '4: en: write a text.',
    '5: name: write a text, or below it one line for each language',
  ],
  ['30 February', `${reward('from: 2026-02-30')}`, '4: from: write a day that is in the calendar'],
  [
    'dates the wrong way round',
    `${reward('from: 2026-03-02, until: 2026-03-01')}`,
    '4: This ends (2026-03-01) before it begins (2026-03-02).',
  ],
  [
    'no time of day',
    `bonuses:\n${bonus('x', 'when: { hours: { from: 8, until: "24:00" } }')}`,
    '4: from: write a time, like 09:30',
    '4: until: write a time, like 09:30',
  ],
  [
    'hours without length',
    `bonuses:\n${bonus('x', 'when: { hours: { from: "08:00", until: "08:00" } }')}`,
    '4: This begins and ends at the same time (08:00).',
  ],
  [
    'days that are none, and twice',
    `bonuses:\n${bonus('x', 'when: { days: [mon, sunday, tue, mon] }')}`,
    '4: days: write one of these: mon, tue,',
    '4: mon is there twice.',
  ],
  [
    'no time zone',
    'shops:\n  - { id: a, name: A, time_zone: Mars/Olympus }\n',
    '4: time_zone: write a time zone, like Europe/Helsinki',
  ],
  [
    'money that is too fine',
    'pay: { points: 10, worth: 0.005 }\n',
    '3: worth: write an amount from €0.01 to €10,000,000.00, for example 12.50',
  ],
  [
    'money that is none, nothing, below zero or too much',
    'limits:\n  staff:\n    entry: { soft: x, approval: -5, hard: 0 }\n    refund_day: { hard: 10000000.01 }\n',
    '5: soft: write an amount',
    '5: approval: write an amount',
    '5: hard: write an amount',
    '6: hard: write an amount',
  ],
  ['limits the wrong way round', 'limits:\n  staff:\n    entry: { soft: 100.00, hard: 99.99 }\n', '5: hard must be above soft.'],
  [
    'percents out of range',
    'discounts:\n  - { id: n, kind: nth, every: 1, percent: 101 }\n  - { id: m, kind: nth, every: 2, percent: 0.005 }\n',
    '4: every: write a whole number from 2 to 1000.',
    '4: percent: write percent from 0.01 to 100',
    '5: percent: write percent',
  ],
  ['warnings that go up', 'warn_days: [7, 30, 30]\n', '3: warn_days go down', '3: warn_days go down'],
  ['points that aren’t whole', 'welcome: 2.5\n', '3: welcome: write a whole number from 0 to 1000000000.'],
  [
    'a welcome above the cap',
    'welcome: 20\ncaps: { member: 10 }\n',
    '3: The welcome gift (20) is more than a member can have (caps, member: 10).',
  ],
  [
    'a bonus that gives both, and one that gives nothing',
    'bonuses:\n  - { id: x, points: 1, percent: 1 }\n  - { id: y }\n',
    '4: A bonus gives percent or points',
    '5: A bonus gives percent or points',
  ],
  [
    'an event without a day',
    reward('places: 5, at: soon').replace('privilege', 'event'),
    '4: at: write a day and a time, like 2026-12-31 19:00',
  ],
  ['a picture that is no web address', reward('picture: file:///etc/passwd'), '4: picture: write the address of a picture'],
  ['neither yes nor no', reward('hidden: maybe'), '4: hidden: write yes or no.'],
  ['a kind that there is not', 'expiry: { policy: soon }\n', '3: policy: write one of these: never, months, inactivity.'],
  [
    'a word instead of a list, a list instead of a section',
    'rewards: none\ncaps: [1]\n',
    '3: rewards: write a list',
    '4: caps: this needs lines of its own',
  ],
  [
    'sections that are empty',
    'birthday:\nbonuses:\n  - { id: x, points: 5, when: { days: [] } }\n',
    '3: birthday is missing.',
    '5: days is empty.',
  ],
  ['a key said twice', 'welcome: 5\nwelcome: 6\n', '4: welcome is here twice.'],
];

describe('a file is refused with every problem and its line', () => {
  test.each(table)('%s', (_what, file, ...expected) => {
    expect(problems(file)).toEqual(expected.map((sentence) => expect.stringContaining(sentence)));
  });

  test('mistakes of all kinds at once, none hides another, none is told twice or only follows from another', () => {
    const found = problems(
      [
        'welcom: 10',
        'earn:',
        '  - { id: base, kind: money, points: many, per: 1.005 }',
        '  - { id: lucky, kind: luck }',
        'bonuses:',
        '  - { id: happy, percent: 12.345, stack: no, when: { shops: [corner, main] } }',
        '  - { id: hour, points: 5, when: { tiers: [gold] } }',
        'tiers:',
        '  by: money',
        '  levels:',
        '    - { id: silver, name: S, from: nothing }',
        '    - { id: gold, name: G, from: 500.00, bonsu: 3 }',
        'shops:',
        '  - { id: main, name: M, time_zone: Mars }',
        'rewards:',
        '  - { id: cake, name: { de: Kuchen }, kind: item, item: cake, cost: 2000000000 }',
        'stamps:',
        '  - { id: card, name: C, of: 10, for: { kind: purchase }, reward: tea }',
        '',
      ].join('\n'),
      '',
    );
    const expected = [
      '1: welcom is unknown.',
      '3: points: write a whole number',
      '3: per: write an amount',
      '4: kind: write one of these: money, visit, item.',
      '6: percent: write percent',
      '6: There is no shop corner.',
      '11: from: write an amount',
      '12: bonsu is unknown.',
      '14: time_zone: write a time zone',
      '16: valid_days is missing.',
      '16: The text in your own language (en) is missing.',
      "16: I don't speak de.",
      '16: Reward cake costs 2000000000',
      '18: There is no reward tea.',
    ];
    expect(found).toEqual(expected.map((sentence) => expect.stringContaining(sentence)));
  });

  test('places are told by line and column, and by the path as it is written', () => {
    expect(
      readProgram(`${base}rewards:\n  - id: a\n    cost: x\n    name: A\n    kind: privilege\n    valid_days: 1\n`, frame),
    ).toEqual({
      rules: null,
      problems: [
        {
          line: 5,
          column: 5,
          path: ['rewards', 0, 'cost'],
          code: 'problems:whole',
          params: { key: 'cost', min: 0, max: 1_000_000_000_000 },
        },
      ],
    });
  });

  test('bonuses that never meet may have one priority', () => {
    const apart = (one: string, other: string) =>
      problems(`bonuses:\n${bonus('x', `stack: no, when: ${one}`)}${bonus('y', `when: ${other}`)}`);
    expect(apart('{ days: [mon] }', '{ days: [tue, wed] }')).toEqual([]);
    expect(apart('{ until: 2026-01-31 }', '{ from: 2026-02-01 }')).toEqual([]);
    expect(apart('{ until: 2026-02-01 }', '{ from: 2026-02-01 }')).toHaveLength(1);
    expect(apart('{ hours: { from: 08:00, until: 10:00 } }', '{ hours: { from: 10:00, until: 12:00 } }')).toEqual([]);
    expect(apart('{ first_purchase: yes }', '{ minimum: 5 }')).toHaveLength(1);
  });

  test('rules that don’t come from a file are checked alike', () => {
    const rules = { ...plainRules(100), welcome: -1, warnDays: [1, 7], birthday: { reward: 'cake' } };
    expect(checkRules(rules, frame).map(({ path, code }) => [path.join('.'), code])).toEqual([
      ['welcome', 'problems:whole'],
      ['birthday.reward', 'problems:no_reward'],
      ['warn_days.1', 'problems:warn_days'],
    ]);
    expect(checkRules(plainRules(100), frame)).toEqual([]);
  });
});

test('every problem has a sentence in every language', () => {
  const all = table.flatMap(([, file]) => readProgram(base + file, frame).problems);
  for (const language of words.languages)
    for (const { code, params } of all) {
      const said = words.say(language)(code, params);
      expect(said).not.toContain('problems:');
      expect(said).not.toContain('{{');
      expect(said).not.toContain('undefined');
    }
});

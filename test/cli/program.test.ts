import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProgram } from '../../src/program/rules/file.ts';
import { presetRules } from '../../src/program/rules/presets.ts';
import { plainRules } from '../../src/program/rules/rules.ts';
import { programAt } from '../../src/program/settings/program.ts';
import { freshDatabase } from '../support/database.ts';
import { dataFolder, runCommand, type Variables } from '../support/program.ts';

const data = dataFolder();
const frame = { currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'fi' };
let opened: Awaited<ReturnType<typeof freshDatabase>>;
let variables: Variables;

beforeAll(async () => {
  opened = await freshDatabase({ max: 2 });
  variables = {
    DATABASE_URL: opened.url,
    APP_SECRET: 'only for these tests',
    DATA_DIR: data.path,
    TIMEZONE: frame.timeZone,
    DEFAULT_LANGUAGE: frame.language,
  };
});
afterAll(async () => {
  await opened.close();
  data.remove();
});

const run = (args: string, more: Variables = {}) => runCommand(args.split(' '), { ...variables, ...more }, { cwd: data.path });
const fileOf = (name: string): string => join(data.path, name);
const nobody = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing' };

describe.concurrent('without a database', () => {
  test('presets are listed, and each can be written into a file that is right', async () => {
    expect((await run('program presets', nobody)).out).toBe('cafe\nshop\nsalon\nclub\n');
    const written = await run('program export --preset shop shop.yaml', nobody);
    expect(written).toMatchObject({ code: 0, out: 'Written to shop.yaml.\n', err: '' });
    const yaml = readFileSync(fileOf('shop.yaml'), 'utf8');
    expect(yaml).toMatch(/^# Koko kanta-asiakasohjelmasi\./);
    expect(readProgram(yaml, frame).rules).toEqual(presetRules('shop', frame));
    expect(await run('program check shop.yaml', nobody)).toMatchObject({
      code: 0,
      out: 'shop.yaml: nothing is wrong with it.\n',
    });
    const yen = (await run('program export --preset cafe --json', { ...nobody, CURRENCY: 'JPY' })).json();
    expect(yen).toMatchObject({
      preset: 'cafe',
      file: null,
      rules: { earn: [{ perMinor: 100 }] },
      yaml: expect.stringContaining('per: 100\n'),
    });
  });

  test('check tells every problem with its line, in the language of the shop', async () => {
    writeFileSync(fileOf('bad.yaml'), 'earn: []\nwelcom: 5\npending_days: 90\nexpiry: { policy: months, months: 2 }\n');
    const { code, out } = await run('program check bad.yaml', nobody);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'bad.yaml: 2 problems. The program stays as it is.',
      expect.stringMatching(/^ {2}Rivi 2: welcom on tuntematon\. Tässä voi olla: joining, welcome, earn/),
      '  Rivi 4: Pisteet vanhenisivat ennen kuin niitä voi käyttää (months: 2, pending_days: 90).',
      '',
    ]);
    expect((await run('program check bad.yaml --json', nobody)).json()).toMatchObject({
      ok: false,
      problems: [
        { line: 2, column: 1, path: ['welcom'], code: 'problems:unknown_key', params: { key: 'welcom' } },
        { line: 4, path: ['expiry', 'months'], message: expect.stringContaining('Pisteet vanhenisivat') },
      ],
    });
  });

  test.each([
    ['program', /^What about the program\? npm run cli -- program export/],
    ['program chekc x.yaml', /^What about the program\?/],
    ['program check', /^Which file\? npm run cli -- program check program\.yaml/],
    ['program check nowhere.yaml', /^There is no file nowhere\.yaml\./],
    ['program export --preset bar', /^There is no program "bar"\. There are: cafe, shop, salon, club\./],
    ['program import shop.yaml --form 2026-12-01', /^Unknown option '--form'/],
    ['verify --preset cafe', /^Unknown option '--preset'/],
  ])('%s', async (args, sentence) => {
    const { code, err } = await run(args, nobody);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(sentence) });
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('the program in force', () => {
  test('is written as a file that, read again, changes nothing', async () => {
    expect((await run('program export live.yaml')).code).toBe(0);
    expect(readProgram(readFileSync(fileOf('live.yaml')), frame).rules).toEqual(plainRules(100));
    expect((await run('program export')).out).toBe(readFileSync(fileOf('live.yaml'), 'utf8'));
    expect((await run('program import live.yaml')).out).toBe('Nothing to change: the program is like this.\n');
    expect(await opened.prisma.programVersion.count()).toBe(1);
  });

  test('a file with one problem changes nothing', async () => {
    const live = readFileSync(fileOf('live.yaml'), 'utf8');
    writeFileSync(fileOf('typo.yaml'), live.replace('welcome: 10', 'welcome: 25').replace('carry: yes', 'carry: sure'));
    const { code, out } = await run('program import typo.yaml');
    expect(code).toBe(1);
    expect(out).toMatch(/^typo\.yaml: 1 problem\. The program stays as it is\.\n {2}Rivi \d+: carry: kirjoita yes/);
    expect(await opened.prisma.programVersion.count()).toBe(1);
  });

  test('import puts a file in force, and says which sections changed', async () => {
    const live = readFileSync(fileOf('live.yaml'), 'utf8');
    writeFileSync(fileOf('new.yaml'), live.replace('welcome: 10', 'welcome: 25').replace('per: 1.00', 'per: 2.50'));
    const before = new Date();
    const { code, out } = await run('program import new.yaml');
    expect(code).toBe(0);
    expect(out).toMatch(/^Version \d+, in force from now on\. Changed: welcome, earn\.\n$/);
    const now = await programAt(opened, new Date());
    expect(now.rules).toEqual({ ...plainRules(250), welcome: 25 });
    expect((await programAt(opened, before)).rules).toEqual(plainRules(100));
  });

  test('--from begins with the business day in the program’s time zone', async () => {
    const live = (await run('program export')).out;
    writeFileSync(
      fileOf('later.yaml'),
      live.replace('day_starts_at: 0', 'day_starts_at: 4').replace('welcome: 25', 'welcome: 30'),
    );
    const year = new Date().getUTCFullYear() + 1;
    const made = (await run(`program import later.yaml --from ${year}-12-01 --json`)).json();
    expect(made).toMatchObject({ ok: true, startsAt: `${year}-12-01T02:00:00.000Z`, changed: ['welcome', 'day_starts_at'] });
    expect((await programAt(opened, new Date(`${year}-12-01T01:59:59Z`))).rules.welcome).toBe(25);
    expect((await programAt(opened, new Date(`${year}-12-01T02:00:00Z`))).rules.welcome).toBe(30);

    writeFileSync(fileOf('now.yaml'), live.replace('welcome: 25', 'welcome: 26'));
    const { out } = await run('program import now.yaml');
    expect(out).toContain(
      `Planned before and still to come after it: version ${made['version']} (December 1, ${year} at 4:00 AM).`,
    );

    for (const [from, sentence] of [
      ['2020-01-01', /^2020-01-01 is over: today is \d{4}-\d\d-\d\d in Europe\/Helsinki\.\n$/],
      ['2027-02-30', /^From which day\? Write it like --from 2026-12-01\n$/],
    ] as const)
      expect(await run(`program import later.yaml --from ${from}`)).toMatchObject({
        code: 1,
        err: expect.stringMatching(sentence),
      });
  });
});

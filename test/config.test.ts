import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadDotEnv, readConfig } from '../src/config.ts';
import { variables } from '../src/config-variables.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'regulars-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const hosted = { DATABASE_URL: 'postgresql://u:p@db:5432/regulars', APP_SECRET: 'sixteen-letters-' };
const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('readConfig', () => {
  it('needs nothing: the embedded database, the playground, a secret that is made once and kept', () => {
    const config = readConfig({ DATA_DIR: dir });
    expect(config).toMatchObject({
      dataDir: dir,
      port: 3000,
      playground: true,
      production: false,
      logLevel: 'info',
      shop: { name: 'Regulars', currency: 'EUR', timezone: 'UTC', language: 'en' },
    });
    for (const key of ['databaseUrl', 'redisUrl', 'publicUrl', 'telegram', 'slack']) expect(config).not.toHaveProperty(key);
    expect(config.appSecret.length).toBeGreaterThanOrEqual(32);
    expect(readConfig({ DATA_DIR: dir }).appSecret).toBe(config.appSecret);
    expect(statSync(join(dir, 'app-secret')).mode & 0o777).toBe(0o600);
  });

  it('takes a full configuration', () => {
    const env = {
      ...hosted,
      PORT: '8080',
      PUBLIC_URL: 'https://loyalty.example.com/',
      REDIS_URL: 'redis://cache:6379',
      SHOP_NAME: 'Café Ø',
      CURRENCY: 'pln',
      TIMEZONE: 'Europe/Warsaw',
      DEFAULT_LANGUAGE: 'pl',
      TELEGRAM_BOT_TOKEN: '12345:AbC-d_e',
      TELEGRAM_WEBHOOK_SECRET: 'abc_-1',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: 'abcdef',
    };
    expect(readConfig(env)).toMatchObject({
      port: 8080,
      publicUrl: 'https://loyalty.example.com',
      databaseUrl: hosted.DATABASE_URL,
      redisUrl: 'redis://cache:6379',
      appSecret: hosted.APP_SECRET,
      shop: { name: 'Café Ø', currency: 'PLN', timezone: 'Europe/Warsaw', language: 'pl' },
      telegram: { token: '12345:AbC-d_e', webhookSecret: 'abc_-1' },
      slack: { botToken: 'xoxb-1', signingSecret: 'abcdef' },
      playground: false,
    });
  });

  it('counts empty variables as absent', () => {
    const empty = Object.fromEntries(Object.keys(variables.shape).map((name) => [name, ' ']));
    expect(readConfig({ ...empty, DATA_DIR: dir })).toEqual(readConfig({ DATA_DIR: dir }));
  });

  it('lists every problem at once, one line each, saying what to do', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://x',
      PORT: '99999',
      PUBLIC_URL: 'example.com',
      APP_SECRET: 'short',
      CURRENCY: 'XXQ',
      TIMEZONE: 'Mars/Olympus',
      DEFAULT_LANGUAGE: 'sv',
      TELEGRAM_BOT_TOKEN: 'token',
      TELEGRAM_WEBHOOK_SECRET: 'a b',
      SLACK_BOT_TOKEN: 'xapp-1',
      PLAYGROUND: 'maybe',
      LOG_LEVEL: 'loud',
    });
    const names = problems.map((line) => line.split(':')[0]);
    expect(names).toEqual([
      'DATABASE_URL',
      'PORT',
      'PUBLIC_URL',
      'APP_SECRET',
      'CURRENCY',
      'TIMEZONE',
      'DEFAULT_LANGUAGE',
      'TELEGRAM_BOT_TOKEN',
      'TELEGRAM_WEBHOOK_SECRET',
      'SLACK_BOT_TOKEN',
      'PLAYGROUND',
      'LOG_LEVEL',
      'SLACK_APP_TOKEN, SLACK_SIGNING_SECRET',
    ]);
    for (const line of problems) expect(line).toMatch(/: \S.{10,}/);
    expect(new ConfigError(problems).message.split('\n')).toHaveLength(problems.length + 1);
  });

  it.each([
    ['a secret for a database of its own', { DATABASE_URL: hosted.DATABASE_URL }, /^APP_SECRET/],
    ['a public address for webhooks', { ...hosted, TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_WEBHOOK_SECRET: 'x' }, /^PUBLIC_URL/],
    [
      'a token for a webhook secret',
      { ...hosted, PUBLIC_URL: 'https://a.b', TELEGRAM_WEBHOOK_SECRET: 'x' },
      /^TELEGRAM_BOT_TOKEN/,
    ],
    ['a bot token beside an app token', { ...hosted, SLACK_APP_TOKEN: 'xapp-1' }, /^SLACK_BOT_TOKEN/],
    ['one of the two doors of Slack', { ...hosted, SLACK_BOT_TOKEN: 'xoxb-1' }, /^SLACK_APP_TOKEN, .*set one/],
    [
      'only one of them',
      { ...hosted, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 'x' },
      /keep only one/,
    ],
  ])('asks for %s', (_, env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(problem)]);
  });

  it('opens the playground only without messengers and out of production, unless it is told', () => {
    const playground = (env: NodeJS.ProcessEnv) => readConfig({ ...hosted, ...env }).playground;
    expect(playground({})).toBe(true);
    expect(playground({ TELEGRAM_BOT_TOKEN: '1:a' })).toBe(false);
    expect(playground({ TELEGRAM_BOT_TOKEN: '1:a', PLAYGROUND: 'on' })).toBe(true);
    expect(playground({ NODE_ENV: 'production' })).toBe(false);
    expect(playground({ NODE_ENV: 'production', PLAYGROUND: '1' })).toBe(true);
    expect(playground({ PLAYGROUND: 'FALSE' })).toBe(false);
  });

  it('says when the data folder cannot be written', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(problemsOf({ DATA_DIR: join(dir, 'file', 'data') })).toEqual([expect.stringMatching(/^DATA_DIR: .*ENOTDIR/)]);
  });
});

it('explains every variable in .env.example, and no other', () => {
  const text = readFileSync('.env.example', 'utf8');
  expect(Object.keys(parseEnv(text)).sort()).toEqual(Object.keys(variables.shape).sort());
  const lines = text.split('\n');
  const unexplained = lines.filter((line, at) => /^[A-Z_]+=/.test(line) && !lines[at - 1]?.startsWith('# '));
  expect(unexplained).toEqual([]);
});

it('shows in .env.example the values that hold anyway', () => {
  const shown = readConfig({ ...parseEnv(readFileSync('.env.example', 'utf8')), DATA_DIR: dir });
  expect(shown).toEqual(readConfig({ DATA_DIR: dir }));
});

describe('loadDotEnv', () => {
  const before = process.cwd();
  afterEach(() => {
    process.chdir(before);
    for (const name of ['REGULARS_TEST_A', 'REGULARS_TEST_B']) delete process.env[name];
  });

  it('reads .env of the current folder; what is already set wins; no file is no problem', () => {
    process.chdir(dir);
    loadDotEnv();
    writeFileSync('.env', 'REGULARS_TEST_A=file\nREGULARS_TEST_B="in file"\n');
    process.env['REGULARS_TEST_A'] = 'set';
    loadDotEnv();
    expect([process.env['REGULARS_TEST_A'], process.env['REGULARS_TEST_B']]).toEqual(['set', 'in file']);
  });
});

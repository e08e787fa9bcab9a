import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSlack, checkTelegram } from '../../src/cli/check-token.ts';
import { mergeEnv } from '../../src/cli/setup.ts';
import { readConfig } from '../../src/config.ts';
import { startFakeSlack } from '../support/fake-slack/index.ts';
import { startFakeTelegram } from '../support/fake-telegram/index.ts';
import { type Spawned, spawnProgram, until } from '../support/program.ts';

const enter = '\r';
const down = '\x1b[B';
const left = '\x1b[D';
const clear = '\x15';
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'regulars-setup-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** What was printed since a moment, so that a question that is asked again is not taken for the first time. */
function asked(program: Spawned) {
  let read = 0;
  return async (question: RegExp, keys: string): Promise<void> => {
    await until(`${question} in ${program.out().slice(read)}`, () => question.test(program.out().slice(read)));
    read = program.out().length;
    program.types(keys);
    // Keys and Enter in one go are taken as pasted text.
    await sleep(30);
    program.types(enter);
  };
}

test('the wizard asks, checks the tokens with the messengers, and writes .env', async () => {
  const telegram = await startFakeTelegram();
  const slack = await startFakeSlack();
  const before = `# Ours\nPORT=4000\nSHOP_NAME=Old\nTELEGRAM_API_ROOT=${telegram.apiRoot}\nSLACK_API_URL=${slack.apiUrl}\n\nEXTRA='left as it is'\n`;
  writeFileSync(join(cwd, '.env'), before);
  const program = spawnProgram(['setup'], {}, { cwd });
  const answer = asked(program);
  await answer(/What is your shop called/, `${clear}Kahvila "Ässä" #1`);
  await answer(/Which currency/, `${clear}pln`);
  await answer(/Which time zone/, `${clear}Europe/Warsaw`);
  await answer(/Which language/, down + down + down);
  await answer(/Connect Telegram/, '');
  await answer(/Telegram token/, '123456:not-the-right-one');
  await answer(/does not know this token[\s\S]*Telegram token/, telegram.token);
  await answer(/This is @regulars_test_bot[\s\S]*Connect Slack/, left);
  await answer(/Bot token/, 'xoxb-wrong');
  await answer(/does not know this token[\s\S]*Bot token/, slack.botToken);
  await answer(/App-level token/, slack.appToken);
  await program.prints(/Written to \.env/);
  program.hangsUp();
  expect(await program.ended).toBe(0);
  await Promise.all([telegram.stop(), slack.close()]);

  const after = readFileSync(join(cwd, '.env'), 'utf8');
  expect(after).toMatch(/^# Ours\nPORT=4000\nSHOP_NAME=/);
  expect(after).toContain("\n\nEXTRA='left as it is'\n");
  expect(statSync(join(cwd, '.env')).mode & 0o077).toBe(0);
  const config = readConfig({ ...parseEnv(after), APP_SECRET: 'not made by the wizard' });
  expect(config.shop).toEqual({ name: 'Kahvila "Ässä" #1', currency: 'PLN', timezone: 'Europe/Warsaw', language: 'fi' });
  expect(config.telegram?.token).toBe(telegram.token);
  expect(config.slack).toMatchObject({ botToken: slack.botToken, appToken: slack.appToken });
  for (const secret of [telegram.token, slack.botToken, slack.appToken]) expect(program.out()).not.toContain(secret);
});

test('Ctrl-C in the middle changes nothing', async () => {
  const program = spawnProgram(['setup'], {}, { cwd });
  await asked(program)(/What is your shop called/, 'Half a shop');
  await program.prints(/Which currency/);
  program.types('\x03');
  await program.prints(/Nothing was changed/);
  program.hangsUp();
  expect(await program.ended).toBe(1);
  expect(() => readFileSync(join(cwd, '.env'))).toThrow('ENOENT');
});

describe('what is written can be read again', () => {
  test.each([
    'Café Liepa',
    'Bob’s "Best" #1',
    "Joe's",
    `Joe's "Best" \`Beans\``,
    'a=b # c',
    ' spaces ',
    '\\n and $HOME',
    'Кафе «Ромашка» ☕️',
    '',
  ])('%s', (name) => {
    const read = parseEnv(mergeEnv('', { SHOP_NAME: name, CURRENCY: 'EUR' }));
    const twins = (text: string) => (['"', '`', "'"].every((one) => text.includes(one)) ? text.replaceAll("'", '’') : text);
    expect(read).toEqual({ SHOP_NAME: twins(name), CURRENCY: 'EUR' });
  });

  test('lines are replaced where they stand, others kept, nothing grows when done again', () => {
    const before = '# A comment\nexport CURRENCY=USD\nA=1\r\n\nTIMEZONE = UTC';
    const once = mergeEnv(before, { CURRENCY: 'EUR', TIMEZONE: 'Europe/Sofia', SHOP_NAME: 'X' });
    expect(once).toBe('# A comment\nCURRENCY=EUR\nA=1\r\n\nTIMEZONE=Europe/Sofia\nSHOP_NAME=X\n');
    expect(mergeEnv(once, { CURRENCY: 'EUR', TIMEZONE: 'Europe/Sofia', SHOP_NAME: 'X' })).toBe(once);
  });
});

describe('tokens', () => {
  test('nobody there is another sentence than a wrong token, and neither tells the token', async () => {
    const nobody = 'http://127.0.0.1:9';
    const token = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    await expect(checkTelegram(token, nobody)).rejects.toThrow(/^Telegram does not answer\. Check the connection/);
    await expect(checkSlack('xoxb-1', `${nobody}/api/`)).rejects.toThrow(/^Slack does not answer\. Check the connection/);
  });
});

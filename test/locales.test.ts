import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regulars-locales-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function check(locales: Record<string, object>): string[] {
  for (const [language, texts] of Object.entries(locales)) {
    mkdirSync(join(root, language), { recursive: true });
    writeFileSync(join(root, language, 'a.json'), JSON.stringify(texts));
  }
  const { stderr, status } = spawnSync(process.execPath, ['scripts/check-locales.mjs', root], { encoding: 'utf8' });
  const lines = stderr.split('\n').filter((line) => line !== '');
  expect(status).toBe(lines.length === 0 ? 0 : 1);
  return lines.map((line) => line.replace(/^\S+ {2}/, ''));
}

const en = { hello: 'Hello {{name}}', deep: { points_one: '1 point', points_other: '{{count, number}} points' } };

it('is content with complete languages', () => {
  const form = '{{count, number}} очка';
  const ru = { hello: 'Привет, {{name}}', deep: { points_one: form, points_few: form, points_many: form, points_other: form } };
  expect(check({ en, ru })).toEqual([]);
});

it('finds missing and surplus keys, plural forms, placeholders, empty texts and markup', () => {
  const ru = {
    hello: 'Привет, {{nmae}}',
    extra: 'x',
    deep: {
      points_one: 'очко',
      points_few: '{{count, number}} очка',
      points_two: '{{count, number}}',
      points_other: '<b>{{count, number}}</b>',
    },
  };
  expect(check({ en: { ...en, gone: 'Gone' }, ru })).toEqual([
    'gone: is missing',
    'hello: lacks {{name}}',
    'hello: has {{nmae}}, which en has not',
    'extra: is not in en',
    'deep.points: the plural form _many is missing',
    'deep.points: ru has no plural form _two',
    'deep.points_one: lacks {{count,number}}',
    'deep.points_other: holds markup: <b>{{count, number}}</b>',
  ]);
  expect(check({ en: { hello: ' ' }, ru: { hello: '*Привет*' } })).toEqual([
    'hello: has no text',
    'hello: holds markup: *Привет*',
  ]);
});

import { describe, expect, test } from 'vitest';
import { createWords } from '../../../src/chat/words.ts';
import { readProgram } from '../../../src/program/rules/file.ts';

const frame = { currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };
const words = await createWords(frame);

const base = 'earn:\n  - { id: base, kind: money, points: 1, per: 1.00 }\n';

describe('what is not a plain file of YAML', () => {
  const bomb = `a: &a [x, x]\n${'bcdefghij'
    .split('')
    .map((key, at) => `${key}: &${key} [*${'abcdefghij'[at]}, *${'abcdefghij'[at]}]`)
    .join('\n')}\n`;
  const hostile: [what: string, file: string | Uint8Array, expected: string][] = [
    ['nothing', '', '1: The file is empty.'],
    ['only comments', '# nothing\n', '1: The file is empty.'],
    ['a text', 'hello\n', '1: This is not a program.'],
    ['a list', '- a\n', '1: This is not a program.'],
    ['a tab', 'caps:\n\tday: 5\n', '2: The line begins with a tab.'],
    ['wrong indentation', 'caps: 5\n  day: 5\n', '1: Check the spaces'],
    ['an open quote', 'joining: "open\n', '2: Something is open here'],
    ['an open bracket', 'warn_days: [1, 2\nwelcome: 3\n', '2: Check the spaces'],
    ['two programs', `${base}---\n${base}`, '3: A second document begins here'],
    ['a reference', 'welcome: &w 5\ndebt_limit: *w\n', '1: References to another place'],
    ['a bomb of references', bomb, '1: References to another place'],
    ['a reference to a section', 'caps: &c { day: 5 }\n', '1: References to another place'],
    ['a type of a section', 'caps: !x { day: 5 }\n', '1: Words that begin with !'],
    ['a type', 'welcome: !!int "5"\n', '1: Words that begin with !'],
    ['another YAML', `%YAML 1.1\n---\n${base}`, '1: Lines that begin with %'],
    ['a megabyte and more', `# ${'x'.repeat(1_000_000)}\n`, '1: The file is too big. It can have at most 1 MB.'],
    ['UTF-16', Buffer.from(base, 'utf16le'), '1: '],
    ['Latin-1', Buffer.from('shops:\n  - { id: a, name: Kahvila Ässä }\n', 'latin1'), '1: The file is not plain text.'],
    ['a deep hole of brackets', `a: ${'['.repeat(100_000)}`, '1: Too many levels'],
    ['a deep hole of questions', '? '.repeat(100_000), '1: Too many levels'],
    ['a deep hole of sections', Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''), '60: Too many levels'],
    ['a deep hole of dashes', '- '.repeat(100_000), '1: Too many levels'],
  ];
  test.each(hostile)('%s', (_what, file, expected) => {
    const found = readProgram(file, frame);
    expect(found.rules).toBeNull();
    const [first] = found.problems;
    expect(`${first?.line}: ${words.say('en')(first?.code ?? '', first?.params)}`).toContain(expected);
    expect(found.problems.length).toBeLessThan(50);
  });

  test('more than anybody writes is one problem', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n');
    const lists = Array.from({ length: 170 }, () => `  - [${'1, '.repeat(300)}]`).join('\n');
    for (const file of [keys, `a:\n${lists}\n`])
      expect(readProgram(file, frame).problems).toMatchObject([{ code: 'problems:yaml.too_many' }]);
  });

  test('all of many mistakes are told', () => {
    const items = Array.from({ length: 200 }, (_, at) => `  - { id: r${at}, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }`).join(
      '\n',
    );
    // Seven unknown keys, and no kind.
    expect(readProgram(`${base}rewards:\n${items}\n`, frame).problems).toHaveLength(200);
  });
});

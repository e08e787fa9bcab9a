import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandTable } from '../src/cli/command-table.ts';

const readme = readFileSync('README.md', 'utf8');

it('shows the two commands a newcomer needs', () => {
  expect(readme).toContain('npm ci && npm start');
  expect(readme).toContain('npm ci && npm test');
});

it('has the table of commands that the registry gives', async () => {
  const shown = /<!-- commands: [^\n]*-->\n([\s\S]*?)\n<!-- \/commands -->/.exec(readme)?.[1];
  expect(shown).toBe(await commandTable());
});

it('links only to files that exist, as do the other pages', () => {
  for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((found) => found[1] as string);
    for (const link of links) expect(() => readFileSync(link), `${page}: ${link}`).not.toThrow(/ENOENT/);
  }
});

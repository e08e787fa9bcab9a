import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('keeps the conversation kernel small enough to be read in one sitting', () => {
  const lines = readdirSync('src/chat').map((file) => readFileSync(`src/chat/${file}`, 'utf8').trimEnd().split('\n').length);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(800);
});

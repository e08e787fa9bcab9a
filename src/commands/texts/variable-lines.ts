import type { Scene } from '../../chat/command.ts';
import type { Variable } from '../../program/templates/variables.ts';

/** What can be written in braces, one a line, with what it becomes: `{points} – 120 points`. */
export const variableLines = (allowed: readonly Variable[], { say }: Pick<Scene, 'say'>): string =>
  allowed.map((name) => `{${name}} – ${say(`texts:example.${name}`)}`).join('\n');

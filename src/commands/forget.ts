import type { Scene } from '../chat/command.ts';

/** Whether somebody wants something of theirs erased, in their words or as a button says it. */
export function saysForget(typed: string, { say }: Pick<Scene, 'say'>): boolean {
  const said = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');
  return said === 'forget' || say('identity:forget_words').split(',').includes(said);
}

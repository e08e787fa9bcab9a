import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is true. Throws with what was waited for when it takes longer than `withinMs`. */
export async function waitFor(
  what: string,
  ask: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`waited ${Math.round(withinMs / 1_000)} s for ${what}`);
    await sleep(everyMs);
  }
}

const tries = 20;

/**
 * Does work that is computed from what was read before: when somebody was faster (`stale`), nothing was done, and it is read and computed anew.
 * Throws when somebody is always faster.
 */
export async function untilFresh<Result extends object>(work: () => Promise<Result | { stale: true }>): Promise<Result> {
  for (let count = 0; count < tries; count += 1) {
    const result = await work();
    if (!('stale' in result)) return result;
  }
  throw new Error(`somebody else was faster ${tries} times in a row`);
}

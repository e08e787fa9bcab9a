/**
 * Something that is measured. `ratios`: ours against a baseline, one per round, good when the median is at least `goal`. `values`: a
 * quantity of which less is better, good when the median is at most `goal`. `rates`: a quantity of which more is better.
 */
export type Case = { name: string; about: string; goal: number; run(): Promise<Found> };

export type Found = { ratios: number[] } | { values: number[] } | { rates: number[] };

/** Fewer rounds say too little on a busy machine. */
export const rounds = 7;

/**
 * Measures a baseline and ours in turn, round by round, so that what slows the machine down slows both. Each measures itself and
 * returns a rate (things per second).
 */
export async function interleave(measure: {
  baseline: (round: number) => Promise<number>;
  ours: (round: number) => Promise<number>;
}): Promise<{ ratios: number[] }> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const baseline = await measure.baseline(round);
    const ours = await measure.ours(round);
    process.stderr.write(`  round ${round}: baseline ${Math.round(baseline)}/s, ours ${Math.round(ours)}/s\n`);
    ratios.push(ours / baseline);
  }
  return { ratios };
}

/** How many things per second `work` does, when it does `count` of them. */
export async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - started);
}

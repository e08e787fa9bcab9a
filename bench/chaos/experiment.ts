import type { Found } from '../case.ts';

/** Something that was counted in an experiment: good when it is at most `goal`. */
export type Finding = { name: string; about: string; goal: number; found: Found };

export type Tools = {
  /** Everything that is left to chance comes from it. */
  seed: number;
  /** A migrated database without rows. Returns its address. */
  freshUrl(): Promise<string>;
  /** As long as the issue asks for, where the usual run takes less. */
  full: boolean;
};

/** One experiment: a file in bench/chaos and a line in bench/chaos.ts. Its findings begin with its name. */
export type Experiment = { name: string; about: string; run(tools: Tools): Promise<Finding[]> };

/** How often something that must not happen has happened. */
export const never = (name: string, about: string, count: number): Finding => ({
  name,
  about,
  goal: 0,
  found: { values: [count] },
});

/** A quantity of which less is better. */
export const atMost = (name: string, about: string, goal: number, values: number[]): Finding => ({
  name,
  about,
  goal,
  found: { values },
});

/** One line about how far it is, for whoever waits. */
export const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

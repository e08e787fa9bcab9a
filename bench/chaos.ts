import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { redisInstalled } from '../test/jobs/redis-server.ts';
import { databaseAwayExperiment } from './chaos/database-away.ts';
import { deadExperiment } from './chaos/dead.ts';
import type { Experiment } from './chaos/experiment.ts';
import { killExperiments } from './chaos/kills.ts';
import { killAll } from './chaos/process.ts';
import { redisAwayExperiment } from './chaos/redis-away.ts';
import { remindersExperiment } from './chaos/reminders.ts';
import { tooManyExperiment } from './chaos/too-many.ts';
import { closeServers, startBenchServer } from './database.ts';
import { asJson, asTable, type Outcome, outcomeOf } from './report.ts';

/** Everything that is tried: an experiment is one file in bench/chaos and one line here. */
const experiments: readonly Experiment[] = [
  ...killExperiments,
  tooManyExperiment,
  deadExperiment,
  redisAwayExperiment,
  databaseAwayExperiment,
  remindersExperiment,
];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string' },
  },
});
const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
};
const chosen = experiments.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) fail(`There is no experiment ${values.only}. Known: ${experiments.map(({ name }) => name).join(', ')}.`);
if (!redisInstalled) fail('These experiments kill a Redis of their own: install redis-server.');
const seed = values.seed === undefined ? randomInt(1, 1_000_000) : Number(values.seed);
if (!Number.isSafeInteger(seed)) fail('--seed takes a whole number.');

const endAll = () => Promise.all([killAll(), closeServers()]);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll().finally(() => process.exit(130)));

process.stderr.write(`seed ${seed}${values.full ? ', in full' : ''}\n`);
const outcomes: Outcome[] = [];
try {
  for (const { name, about, run } of chosen) {
    process.stderr.write(`${name}: ${about}\n`);
    const server = await startBenchServer();
    try {
      const findings = await run({ seed, freshUrl: server.fresh, full: values.full });
      outcomes.push(...findings.map((one) => outcomeOf(one, one.found)));
    } finally {
      await server.close();
    }
  }
} finally {
  await endAll();
}
process.stdout.write(`${values.json ? asJson(outcomes) : `seed ${seed}\n${asTable(outcomes)}`}\n`);
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

import { parseArgs } from 'node:util';
import type { Case } from './case.ts';
import { broadcastCase, paidBroadcastCase } from './cases/broadcast.ts';
import { coldStartCase } from './cases/cold-start.ts';
import { dryRunCase } from './cases/dry-run.ts';
import { expiryCase, expiryCreditsCase } from './cases/expiry.ts';
import { importCase } from './cases/import.ts';
import { cardCase, qrCase } from './cases/pictures.ts';
import { planCase, planMemoryCase } from './cases/plan.ts';
import { pricingCase } from './cases/pricing.ts';
import { redeemCase } from './cases/redeem.ts';
import { renderCase } from './cases/render.ts';
import { repliesCase } from './cases/replies.ts';
import { segmentCase } from './cases/segment.ts';
import { balanceCase, creditCase } from './cases/service.ts';
import { tiersCase } from './cases/tiers.ts';
import { closeServers } from './database.ts';
import { asJson, asTable, type Outcome, outcomeOf } from './report.ts';

/** Everything that is measured: a case is one file in bench/cases and one line here. */
const cases: readonly Case[] = [
  creditCase,
  balanceCase,
  redeemCase,
  importCase,
  cardCase,
  qrCase,
  planCase,
  planMemoryCase,
  pricingCase,
  dryRunCase,
  renderCase,
  tiersCase,
  expiryCase,
  expiryCreditsCase,
  broadcastCase,
  paidBroadcastCase,
  repliesCase,
  coldStartCase,
  segmentCase,
];

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = cases.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`There is no case ${values.only}. Known: ${cases.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void closeServers().finally(() => process.exit(130)));

const outcomes: Outcome[] = [];
try {
  for (const one of chosen) {
    process.stderr.write(`${one.name}: ${one.about}\n`);
    outcomes.push(outcomeOf(one, await one.run()));
  }
} finally {
  await closeServers();
}
process.stdout.write(`${values.json ? asJson(outcomes) : asTable(outcomes)}\n`);

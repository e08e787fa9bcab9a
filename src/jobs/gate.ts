import { contactOf } from '../program/attention/contact.ts';
import type { Database } from '../program/context.ts';
import { type Begun, beginSending, type GateTerms } from '../program/deliveries/begin.ts';
import type { Claimed } from '../program/deliveries/claim.ts';
import { programAt } from '../program/settings/program.ts';
import { createGather } from './gather.ts';

type Options = { db: Database; clock: () => Date; timeZone: string; leaseMs: number };

// Asked again for every few hundred messages at the most: an owner who changes quiet hours does not see the difference.
const keptMs = 1_000;

/** Begins sends, many in one statement: see `beginSending`. All rows are one worker's. */
export function createGate({ db, clock, timeZone, leaseMs }: Options): (row: Claimed) => Promise<Begun> {
  const plain: GateTerms = { ...contactOf({}), zone: timeZone };
  let known: { terms: GateTerms; until: number } | undefined;
  const termsNow = async (): Promise<GateTerms> => {
    if (known && performance.now() < known.until) return known.terms;
    const terms = { ...contactOf((await programAt(db, clock())).rules), zone: timeZone };
    known = { terms, until: performance.now() + keptMs };
    return terms;
  };
  return createGather<Claimed, Begun>(async (rows) => {
    const terms = rows.some(({ topic }) => topic !== null) ? await termsNow() : plain;
    return beginSending(db, rows, { leaseMs, now: clock(), terms });
  });
}

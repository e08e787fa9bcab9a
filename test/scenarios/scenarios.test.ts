import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { verify } from '../../src/program/ledger/verify.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { readProgram } from '../../src/program/rules/file.ts';
import type { Rules } from '../../src/program/rules/rules.ts';
import { freshDatabase } from '../support/database.ts';
import { asOwner } from '../support/ledger.ts';
import { Engine } from './engine.ts';
import { Model, Refused } from './model.ts';
import { readEvent } from './script.ts';
import { engineState, modelState, type State } from './state.ts';

type Scenario = {
  name: string;
  time_zone?: string;
  /** Sections of a program's file; what is left out is as in a new deployment, without a welcome gift. */
  program?: Record<string, unknown>;
  /** The sections that change when a line says so. */
  changes?: Record<string, unknown>;
  events: string[];
  then: Record<string, State>;
  messages?: Record<string, string[]>;
};

// Nothing may be deleted, by triggers; the owner of a test's database can put them aside. Numbers go on, so that a version read once stays itself.
const forgetEverything = `DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$`;

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const plain = { earn: [{ id: 'base', kind: 'money', points: 1, per: '1.00' }] };

function rulesOf(sections: Record<string, unknown>, timeZone: string): Rules {
  const read = readProgram(stringify({ ...plain, ...sections }), { currency: 'EUR', language: 'en', timeZone });
  if (!read.rules) throw new Error(`not a program: ${JSON.stringify(read.problems)}`);
  return read.rules;
}

const said = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return refusalOf(error);
  }
};

const refusalOf = (error: unknown): string => {
  if (error instanceof Refusal) return error.code;
  if (error instanceof Refused) return error.message;
  throw error;
};

describe.each(files)('%s', (file) => {
  const scenarios = parse(readFileSync(new URL(file, folder), 'utf8')) as Scenario[];

  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase({ max: 2 });
  });
  afterAll(() => db.close());

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const { time_zone: timeZone = 'Europe/Helsinki', program = {}, changes = {}, events, then, messages = {} } = scenario;
    const rules = rulesOf(program, timeZone);
    const later = rulesOf({ ...program, ...changes }, timeZone);
    // What happens at night concerns everybody in a shop: nobody of the scenario before is there any more.
    await asOwner(db.url, (client) => client.query(forgetEverything));
    const engine = await Engine.open(db, rules, timeZone);
    const model = new Model(rules, timeZone);
    let now = new Date(0);
    for (const line of events) {
      const event = readEvent(line, timeZone);
      now = event.at;
      const done = engine.happens(event, later);
      expect([line, await done.then(() => null, refusalOf)]).toEqual([line, event.refused]);
      expect([line, said(() => model.happens(event, later))]).toEqual([line, event.refused]);
    }
    for (const [name, expected] of Object.entries(then)) {
      expect({ [name]: modelState(model, name, now) }).toEqual({ [name]: expected });
      expect({ [name]: await engineState(engine, name, now) }).toEqual({ [name]: expected });
    }
    for (const [name, expected] of Object.entries(messages))
      expect({ [name]: await engine.messages(name) }).toEqual({ [name]: expected });
    expect(await verify(db)).toMatchObject({ problems: [] });
  });
});

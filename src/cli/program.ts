import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { createWords, type Say } from '../chat/words.ts';
import { type Config, readConfig } from '../config.ts';
import { businessDay, dayBegins } from '../program/calendar.ts';
import { minorPerUnit } from '../program/money.ts';
import { changedSections, readProgram, writeProgram } from '../program/rules/file.ts';
import { isDate } from '../program/rules/leaves.ts';
import { fileCeilingBytes } from '../program/rules/parse.ts';
import { isPreset, presetNames, presetRules } from '../program/rules/presets.ts';
import type { Frame, Problem } from '../program/rules/problem.ts';
import type { Rules } from '../program/rules/rules.ts';
import { publishRules } from '../program/settings/change.ts';
import { ensureProgram, programAt, scheduledPrograms } from '../program/settings/program.ts';
import { counted } from './counted.ts';
import { withDatabase } from './database.ts';
import { UserError } from './problem.ts';

/** `--from`: the day on which an import begins. `--preset`: a ready-made program instead of the one in force. */
export const options = { from: { type: 'string' }, preset: { type: 'string' } } as const;
type Values = { from?: string; preset?: string };

type Job = { config: Config; frame: Frame; say: Say; json: boolean; file: string | undefined; values: Values };

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const withProgram = <Result>(config: Config, now: Date, work: Parameters<typeof withDatabase<Result>>[1]): Promise<Result> =>
  withDatabase(config, async (db) => {
    await ensureProgram(db, minorPerUnit(config.shop.currency), now);
    return work(db);
  });

async function writtenOut({ config, frame, say, json, file, values }: Job): Promise<number> {
  const { preset } = values;
  if (preset !== undefined && !isPreset(preset))
    throw new UserError(`There is no program "${preset}". There are: ${presetNames.join(', ')}.`);
  const now = new Date();
  const { rules, ...of } = preset
    ? { preset, rules: presetRules(preset, frame) }
    : await withProgram(config, now, (db) => programAt(db, now));
  const yaml = writeProgram(rules, frame, (section) => say(`problems:about.${section}`));
  if (file) await writeFile(file, yaml);
  if (json) print(JSON.stringify({ ...of, file: file ?? null, rules, yaml }));
  else if (file) print(`Written to ${file}.`);
  else process.stdout.write(yaml);
  return 0;
}

const read = async (file: string, frame: Frame) =>
  readProgram(await buffer(createReadStream(file, { end: fileCeilingBytes })), frame);

function tell(problems: readonly Problem[], { file, json, say }: Job): number {
  const said = problems.map((problem) => ({ ...problem, message: say(problem.code, problem.params) }));
  if (json) print(JSON.stringify({ ok: false, problems: said }));
  else {
    print(`${file}: ${counted(problems.length, 'problem', 'problems')}. The program stays as it is.`);
    for (const { line, message } of said)
      print(`  ${line === undefined ? message : say('problems:line', { line, text: message })}`);
  }
  return 1;
}

async function checked(job: Job, file: string): Promise<number> {
  const { problems } = await read(file, job.frame);
  if (problems.length > 0) return tell(problems, job);
  print(job.json ? JSON.stringify({ ok: true, problems: [] }) : `${file}: nothing is wrong with it.`);
  return 0;
}

/** When a change begins: with the business day that is named, today's at once. */
function beginning(from: string | undefined, { dayStartsAt }: Rules, timeZone: string, now: Date): Date {
  if (from === undefined) return now;
  if (!isDate(from)) throw new UserError('From which day? Write it like --from 2026-12-01');
  const today = businessDay(now, timeZone, dayStartsAt).day;
  if (from < today) throw new UserError(`${from} is over: today is ${today} in ${timeZone}.`);
  return from === today ? now : dayBegins(from, timeZone, dayStartsAt);
}

async function imported(job: Job, file: string): Promise<number> {
  const { config, frame, json, values } = job;
  const { rules, problems } = await read(file, frame);
  if (!rules) return tell(problems, job);
  const now = new Date();
  const startsAt = beginning(values.from, rules, frame.timeZone, now);
  const clock = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: frame.timeZone });
  return withProgram(config, now, async (db) => {
    const before = await programAt(db, startsAt);
    const changed = changedSections(before.rules, rules);
    if (changed.length === 0) {
      print(
        json
          ? JSON.stringify({ ok: true, version: null, startsAt: null, changed })
          : 'Nothing to change: the program is like this.',
      );
      return 0;
    }
    const ctx = {
      db,
      now,
      actor: { kind: 'program', name: 'command line' } as const,
      key: { id: `cli-program-${randomUUID()}` },
    };
    const { version } = await publishRules(ctx, { rules, startsAt, replaces: before.version });
    if (json) print(JSON.stringify({ ok: true, version, startsAt, changed }));
    else {
      const since = startsAt === now ? 'now on' : `${clock.format(startsAt)} (${frame.timeZone})`;
      print(`Version ${version}, in force from ${since}. Changed: ${changed.join(', ')}.`);
      const later = (await scheduledPrograms(db, startsAt)).map(
        (one) => `version ${one.version} (${clock.format(one.startsAt)})`,
      );
      if (later.length > 0) print(`Planned before and still to come after it: ${later.join(', ')}.`);
    }
    return 0;
  });
}

const usage =
  'What about the program? npm run cli -- program export [file] [--preset cafe] | check <file> | import <file> [--from 2026-12-01] | presets';

/** Writes the program into a file, checks a file, puts it in force, lists the ready-made ones. Exit 1 when a file has problems. */
export async function run([what, file]: string[], json: boolean, values: Values = {}): Promise<number> {
  const config = readConfig(process.env);
  const { currency, timezone, language } = config.shop;
  const frame: Frame = { currency, timeZone: timezone, language };
  const words = await createWords(frame);
  const job: Job = { config, frame, say: words.say(language), json, file, values };
  if (what === 'presets') {
    print(json ? JSON.stringify({ presets: presetNames }) : presetNames.join('\n'));
    return 0;
  }
  if (what === 'export') return writtenOut(job);
  if (what !== 'check' && what !== 'import') throw new UserError(usage);
  if (!file) throw new UserError(`Which file? npm run cli -- program ${what} program.yaml`);
  return what === 'check' ? checked(job, file) : imported(job, file);
}

import { parseArgs } from 'node:util';
import { explain, UserError } from './cli/problem.ts';
import { loadDotEnv } from './config.ts';

/** A command; `options` are those of its own beside `--json`, all of them texts. */
type Loaded = {
  options?: Readonly<Record<string, { type: 'string' }>>;
  run(args: string[], json: boolean, values: Readonly<Record<string, string>>): Promise<number | undefined>;
};

// Loaded one by one: a start should not wait for what only another command needs.
const commands: Readonly<Record<string, () => Promise<Loaded>>> = {
  start: () => import('./cli/start.ts').then(({ startCommand }) => startCommand('all')),
  web: () => import('./cli/start.ts').then(({ startCommand }) => startCommand('web')),
  worker: () => import('./cli/start.ts').then(({ startCommand }) => startCommand('worker')),
  migrate: () => import('./cli/migrate.ts'),
  import: () => import('./cli/import.ts'),
  verify: () => import('./cli/verify.ts'),
  'owner-code': () => import('./cli/owner-code.ts'),
  setup: () => import('./cli/setup.ts'),
  'slack-manifest': () => import('./cli/slack-manifest.ts'),
  'command-table': () => import('./cli/command-table.ts'),
  program: () => import('./cli/program.ts'),
};

async function main(): Promise<number | undefined> {
  loadDotEnv();
  const args = process.argv.slice(2);
  const there = `There are: ${Object.keys(commands).join(', ')}.`;
  if (args.includes('--help') || args.includes('-h'))
    return void process.stdout.write(`npm run cli -- <command> [--json]\n${there}\n`);
  const name = args.find((arg) => !arg.startsWith('-')) ?? 'start';
  const load = commands[name];
  if (!load) throw new UserError(`There is no command "${name}". ${there}`);
  const { options, run } = await load();
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...options, json: { type: 'boolean', default: false } },
  });
  const { json, ...own } = values;
  return run(positionals.slice(1), json === true, own as Record<string, string>);
}

/** Ends a finished command at once: a library's timer (Prisma's engine leaves one of ten seconds) must not keep a terminal waiting. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

try {
  const code = await main();
  if (code !== undefined) leave(code);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  leave(1);
}

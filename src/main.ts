import { parseArgs } from 'node:util';
import { explain, UserError } from './cli/problem.ts';
import { loadDotEnv } from './config.ts';

// Loaded one by one: a start should not wait for what only another command needs.
const commands: Readonly<Record<string, () => Promise<{ run(args: string[], json: boolean): Promise<number | undefined> }>>> = {
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
};

async function main(): Promise<number | undefined> {
  loadDotEnv();
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const [name = 'start', ...rest] = positionals;
  const there = `There are: ${Object.keys(commands).join(', ')}.`;
  if (values.help) return void process.stdout.write(`npm run cli -- <command> [--json]\n${there}\n`);
  const load = commands[name];
  if (!load) throw new UserError(`There is no command "${name}". ${there}`);
  return (await load()).run(rest, values.json);
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

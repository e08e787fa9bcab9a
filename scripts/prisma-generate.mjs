// `prisma generate` insists on a schema engine that it would download. It is not needed to generate: any executable satisfies
// the check. The variable must never be set for migrations (they would do nothing and succeed), so it is set here only.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const command = process.argv[2] ?? 'generate';
const done = spawnSync(process.execPath, [cli, command, ...(command === 'generate' ? ['--no-hints'] : [])], {
  stdio: ['ignore', 'ignore', 'pipe'],
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});
if (done.status !== 0) process.stderr.write(done.stderr);
process.exit(done.status ?? 1);

import { defineConfig } from 'vitest/config';

// Files that put doubles in place of modules, or change the process they run in: each has modules of its own.
const alone = ['test/channels/slack-spool.test.ts', 'test/program/import.test.ts', 'test/config.test.ts'];

const limits = { pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000, teardownTimeout: 30_000 } as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Many tests wait for processes, sockets and clocks: twice the cores of a small machine.
    maxWorkers: 4,
    projects: [
      // The others share what they import: loading it anew for each file took a third of the time.
      { test: { ...limits, name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
      { test: { ...limits, name: 'alone', include: alone } },
    ],
  },
});

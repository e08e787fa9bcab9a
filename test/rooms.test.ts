import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomRules, rooms, tops } from '../scripts/rooms.mjs';

type Config = { vcs?: unknown; overrides: { linter?: { rules?: { style?: { noRestrictedImports?: unknown } } } }[] };

const config = JSON.parse(readFileSync('biome.json', 'utf8')) as Config;
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith(join('database', 'generated')),
);

// `import … from`, `export … from`, a bare `import` and `import()`, over several lines.
const importing = /(?:^(?:import|export)\s[^'"`;=()]*?\bfrom\s*|^import\s+|\bimport\(\s*)['"]([^'"]+)['"]/gm;
const importsOf = (text: string): string[] => [...text.matchAll(importing)].map((match) => match[1] ?? '');

const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function violations(file: string, text: string): string[] {
  const room = rooms.find(({ folder }) => isIn(file, folder));
  if (room === undefined) return [];
  return importsOf(text).filter((wanted) => {
    if (wanted.startsWith('.')) {
      const path = relative('src', resolve('src', dirname(file), wanted));
      return ![room.folder, ...room.may].some((place) => isIn(path, place));
    }
    return !isBuiltin(wanted) && !room.libraries.some((name) => isIn(wanted, name));
  });
}

describe('rooms', () => {
  it('are all in the table', () => {
    const foldersIn = (place: string) => readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const known = [...rooms.map(({ folder }) => folder), ...tops];
    for (const { name } of foldersIn('src').filter((entry) => entry.name !== 'channels')) expect(known).toContain(name);
    for (const { name } of foldersIn('src/channels')) expect(known).toContain(`channels/${name}`);
  });

  it('import one another only one way', () => {
    const found = sources.flatMap((file) =>
      violations(file, readFileSync(join('src', file), 'utf8')).map((wanted) => `${file} → ${wanted}`),
    );
    expect(found).toEqual([]);
  });

  it('would be seen when they did not', () => {
    const text =
      "import a from 'node:fs';\nimport {\n  b,\n} from '../../chat/view.ts';\nexport * from '../own.ts';\nawait import('bullmq');";
    expect(violations('program/ledger/x.ts', text)).toEqual(['../../chat/view.ts', 'bullmq']);
  });

  it('stand in biome.json as in the table (node scripts/rooms.mjs writes them)', () => {
    expect(config.overrides.filter(({ linter }) => linter?.rules?.style?.noRestrictedImports !== undefined)).toEqual(roomRules());
  });
});

describe('the linter', () => {
  let root: string;
  const plant = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'regulars-lint-'));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    plant('biome.json', JSON.stringify({ ...config, vcs: { enabled: false } }));
    plant('package.json', '{ "type": "module" }');
    plant(
      'src/program/allowed.ts',
      "import { z } from 'zod';\nimport { readFileSync } from 'node:fs';\n\nexport const x = [z, readFileSync];\n",
    );
    plant('src/program/ledger/room.ts', "import { view } from '../../chat/view.ts';\n\nexport const x = view;\n");
    plant('src/chat/view.ts', 'export const view = 1;\n');
    plant('src/chat/library.ts', "import { Queue } from 'bullmq';\n\nexport const x = Queue;\n");
    plant('src/channels/telegram/other.ts', "import { x } from '../slack/index.ts';\n\nexport const y = x;\n");
    plant('src/channels/slack/index.ts', 'export const x = 1;\n');
    plant('src/jobs/one.ts', "import { two } from './two.ts';\n\nexport const one = (): number => two();\n");
    plant('src/jobs/two.ts', "import { one } from './one.ts';\n\nexport const two = (): number => one();\n");
    plant('src/jobs/floating.ts', 'async function send(): Promise<void> {}\n\nexport function tell() {\n  send();\n}\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('finds a wrong import, a wrong library, a cycle and a floating promise, and nothing else', () => {
    const biome = resolve('node_modules/@biomejs/biome/bin/biome');
    const { stdout, status } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', 'src'], {
      cwd: root,
      encoding: 'utf8',
    });
    type Report = { diagnostics: { category: string; location: { path: string | { file: string } } }[] };
    const { diagnostics } = JSON.parse(stdout) as Report;
    const found = diagnostics.map(
      ({ category, location: { path } }) => `${category.split('/').at(-1)} ${typeof path === 'string' ? path : path.file}`,
    );
    expect(found.sort()).toEqual([
      'noFloatingPromises src/jobs/floating.ts',
      'noImportCycles src/jobs/one.ts',
      'noImportCycles src/jobs/two.ts',
      'noRestrictedImports src/channels/telegram/other.ts',
      'noRestrictedImports src/chat/library.ts',
      'noRestrictedImports src/program/ledger/room.ts',
    ]);
    expect(status).not.toBe(0);
  });
});

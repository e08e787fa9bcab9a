import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine: what CHROMIUM names, or one in its usual place. */
export const browserPath = [process.env.CHROMIUM, ...known].find((path) => path !== undefined && existsSync(path));

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser without a past. `trouble` collects what went wrong in its pages and every request to elsewhere than `origin`. */
export async function openBrowser(origin: string) {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, {
    executablePath: browserPath ?? '',
    args: quiet,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
  });
  const trouble: string[] = [];
  const watch = (page: Page) => {
    page.on('pageerror', ({ message }) => trouble.push(`error: ${message}`));
    page.on('console', (line) => line.type() === 'error' && trouble.push(`console: ${line.text()}`));
    page.on(
      'request',
      (request) =>
        !request.url().startsWith(origin) && !request.url().startsWith('data:') && trouble.push(`outside: ${request.url()}`),
    );
  };
  context.on('page', watch);
  for (const page of context.pages()) watch(page);
  return {
    context,
    trouble,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, test as base, expect, inject } from 'vitest';
import { uiToken } from '../../integration/harness/processes.ts';
import { launch } from './launch.ts';
import { type Listening, listenToWorkers } from './workers.ts';

/**
 * A tab, and a way to open another in the same browser profile. Dispose of it before a server of the test
 * ends, because the page would send one more request.
 */
interface Visit extends AsyncDisposable {
  readonly page: Page;
  another(path?: string): Promise<Page>;
  /** The errors so far. A test fails if there are any at its end. */
  readonly wrong: string[];
  /** Call it before the page leaves its address. See `Listening`. */
  readonly letGo: Listening['letGo'];
}

type Options = BrowserContextOptions & {
  /** Errors that the test provokes and accepts, for example refused connections to a killed server. */
  readonly may?: RegExp;
};

/** Opens the page at an address in a new browser profile. */
export type Open = (address: string, options?: Options) => Promise<Visit>;

let running: Promise<Browser> | undefined;

afterAll(async () => {
  await (await running)?.close();
});

/** One Chromium for the tests of a file. */
function browser(executablePath: string): Promise<Browser> {
  running ??= launch(executablePath);
  return running;
}

/**
 * A test with a browser. It fails if a page or the shared worker had an error, a dialog, a failed request, or
 * a request to any other address than the dashboard.
 */
export const test = base.extend<{ open: Open }>({
  open: async ({ skip }, use) => {
    const where = inject('chromium');
    if ('why' in where) return void skip(`no Chromium: ${where.why}`);
    const wrong: string[] = [];
    await using opened = new AsyncDisposableStack();
    await use(async (address, { may, ...options } = {}) => {
      const chromium = await browser(where.path);
      const context = await chromium.newContext({
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      opened.defer(() => context.close()); // A second time does nothing.
      await logIn(context, address);
      const note = (what: string) => void (may?.test(what) || wrong.push(what));
      const home = new URL(address).origin;
      const requested = (url: string) => {
        const { origin, protocol } = new URL(url);
        if (origin !== home && protocol !== 'data:' && protocol !== 'blob:')
          wrong.push(`a foreign request: ${url}`);
      };
      context.on('page', (page) => watch(page, home, note));
      context.on('request', (request) => requested(request.url()));
      const tells = { requested, failed: note };
      const { letGo } = opened.use(await listenToWorkers(chromium, home, tells));
      const leave = () => context.close();
      const another = async (path = '') => {
        const page = await context.newPage();
        await page.goto(new URL(path, address).href);
        return page;
      };
      return {
        page: await another(new URL(address).hash),
        another,
        wrong,
        letGo,
        [Symbol.asyncDispose]: leave,
      };
    });
    expect(wrong).toEqual([]);
  },
});

/** Gets the cookie of the dashboard, as the link that it prints does. */
async function logIn({ request }: BrowserContext, address: string): Promise<void> {
  await request.get(new URL(`/?token=${uiToken}`, address).href, { maxRedirects: 0 });
}

function watch(page: Page, home: string, note: (what: string) => void): void {
  page.on('pageerror', ({ message, stack }) => note(`an error of the page: ${stack ?? message}`));
  page.on('crash', () => note('the page crashed'));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    note(`the console: ${message.text()} (${message.location().url})`);
  });
  page.on('dialog', (dialog) => {
    note(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()} ${response.url().replace(home, '')}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Aborted by the page itself: the answer is no longer needed.
    if (why !== 'net::ERR_ABORTED') note(`${why} ${request.url().replace(home, '')}`);
  });
}

/** Waits until the page shows the history instead of the loading notice. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Time', exact: true }).waitFor({ timeout: 20_000 });
  await pause(50);
}

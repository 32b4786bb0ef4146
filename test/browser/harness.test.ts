import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

/** Nobody listens there: that somebody asked is enough. The policy alone would not let them. */
const elsewhere = 'http://127.0.0.1:9/';

const inPage = (what: string) => async (page: Page) => void page.evaluate(what).catch(() => {});

/** In a worker of the page's own making, under the dashboard's address, as the page's own is. */
const inWorker = (what: string) => async (page: Page) => {
  await page
    .context()
    .route('**/assets/worker.js?provoked', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: `setTimeout(() => { ${what} }, 500)` }),
    );
  await page.evaluate("void new SharedWorker('/assets/worker.js?provoked')");
};

for (const [name, provoke, said] of [
  [
    'an error on the page',
    inPage("setTimeout(() => { throw new Error('oh') })"),
    /page: Error: oh/,
  ],
  ['a word on its console', inPage("console.error('oh')"), /the console: oh/],
  ['a dialog', inPage("setTimeout(() => alert('oh'))"), /a dialog: oh/],
  ['a request that is refused', inPage("fetch('/api/nothing')"), /404 \/api\/nothing/],
  [
    'a request to elsewhere',
    inPage(`new Image().src = '${elsewhere}'`),
    /a foreign request: http:\/\/127/,
  ],
  ['an error of the worker', inWorker("throw new Error('oh')"), /of the worker: Error: oh/],
  ['a request of the worker', inWorker(`fetch('${elsewhere}')`), /a foreign request: http:\/\/127/],
] as const) {
  test(`every test would fail of ${name}`, async ({ open }) => {
    const { page, wrong } = await open(sample.at(), { bypassCSP: true });
    await settled(page);
    expect(wrong).toEqual([]);
    await provoke(page);
    await expect.poll(() => wrong.join('\n')).toMatch(said);
    wrong.splice(0);
    await page.close();
    wrong.splice(0);
  });
}

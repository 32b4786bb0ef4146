import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

/** Nothing listens there; the attempt is enough. The content policy would block it. */
const elsewhere = 'http://127.0.0.1:9/';

const inPage = (what: string) => async (page: Page) => void page.evaluate(what).catch(() => {});

/** Runs in a worker that the page creates under the dashboard's address, like the page's own. */
const inWorker = (what: string) => async (page: Page) => {
  await page
    .context()
    .route('**/assets/main.js?provoked', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: `setTimeout(() => { ${what} }, 500)` }),
    );
  await page.evaluate("void new SharedWorker('/assets/main.js?provoked')");
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
  test(`a test fails if there is ${name}`, async ({ open }) => {
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

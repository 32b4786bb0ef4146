import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ApiActionResult } from '../../src/dashboard/api-actions.ts';
import { sweepResultText } from '../../src/dashboard/server/routes/sweep-result.ts';
import type { PlanRow } from '../../src/domain/collection/gc-plan.ts';
import { withServer } from '../integration/harness/with-server.ts';
import { seriousInBoth } from './harness/axe.ts';
import { addressOf, withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();
const world = withServer();

const drawer = (page: Page) => page.locator('aside.drawer').waitFor();

/** Overlays and empty states, and how to reach each. */
const overlays: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
  ['the keys', '#/fleet', (page) => page.keyboard.press('?')],
  ['the drawer of an agent', '#/fleet?sel=agent/batch-1/worker', drawer],
  ['the drawer of a host in the past', '#/fleet?sel=host/batch-1&at=seq:105', drawer],
  ['the drawer of an agent, on the timeline', '#/timeline?sel=agent/batch-1/worker', drawer],
  [
    'a row that is opened',
    '#/entity?of=agent/batch-1/worker',
    async (page) => {
      await page.locator('.history li button').first().click();
      await page.locator('.history li [aria-expanded=true]').first().waitFor();
    },
  ],
  ['nobody matches', '#/fleet?f=no-such-agent', (page) => page.locator('main .notice').waitFor()],
  [
    'the history of nobody',
    '#/entity?of=agent/nowhere/nobody',
    (page) => page.getByText('No event up to this moment').waitFor(),
  ],
  [
    'a chart that nobody knows',
    '#/machines?machine=run&chart=000000000000',
    (page) => page.getByTestId('schema').waitFor(),
  ],
];

for (const [name, hash, come] of overlays) {
  test(`${name} has no serious accessibility problem in light or dark`, async ({ open }) => {
    const { page } = await open(sample.at(hash), { may: /404/ });
    await settled(page);
    await come(page);
    expect(await seriousInBoth(page)).toEqual([]);
  });
}

test('a failed panel shows an error without a serious accessibility problem', async ({ open }) => {
  const { page } = await open(sample.at(), { may: /made to fail/ });
  await settled(page);
  // The browser is made to fail in a function that the panel needs.
  await page.evaluate(() => {
    const small = String.prototype.toLowerCase;
    String.prototype.toLowerCase = function () {
      if (String(this) === 'made-to-fail') throw new Error('made to fail');
      return small.call(this);
    };
  });
  await page.keyboard.press('/');
  await page.keyboard.insertText('made-to-fail');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('The other panels still work');
  expect(await seriousInBoth(page)).toEqual([]);
});

test('the sweep dialog has no serious accessibility problem in light or dark', async ({ open }) => {
  await using fleet = await world.fleet();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await using visit = await open(`${await addressOf(fleet.start(['ui', '--port', '0']))}#/gc`);
  const { page } = visit;
  await page.getByRole('button', { name: /^Sweep now/ }).click({ timeout: 30_000 });
  // axe does not report a dialog without a name or an input with only a placeholder.
  const dialog = page.getByRole('dialog', { name: 'Sweep now' });
  await dialog.getByLabel('Your name').waitFor({ timeout: 5000 });
  expect(await seriousInBoth(page)).toEqual([]);
});

test('a partial sweep is not reported as done, and the page lists what is left', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await using visit = await open(`${await addressOf(fleet.start(['ui', '--port', '0']))}#/gc`);
  const { page } = visit;
  const left: PlanRow = {
    ...{ kind: 'run', why: 'expired', host: 'h2', agent: 'b', run: 'run000000001', instances: 2 },
    ...{ key: null, detail: null, since: 0, next: 'remove', at: 0, latest: 0, heldBy: null },
  };
  await page.route('**/api/actions/sweep', async (route) => {
    const done = (await (await route.fetch()).json()) as ApiActionResult;
    const rows = [...(done.left?.rows ?? []), left];
    const partial = { ...done, transitions: 3, left: { rows, at: 1, refused: 'it may not' } };
    await route.fulfill({ json: { ...partial, ...sweepResultText(partial) } });
  });
  await page.getByRole('button', { name: /^Sweep now/ }).click({ timeout: 30_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Sweep', exact: true }).click();
  const said = page.locator('.partly[role=status]');
  await said.waitFor({ timeout: 30_000 });
  expect(await said.textContent()).toMatch(/^Partly done: swept, 3 .*h2\/b \(2 inst.*it may not/);
  expect(await page.getByText(/^Done: swept/).count()).toBe(0);
  expect(await seriousInBoth(page)).toEqual([]);
});

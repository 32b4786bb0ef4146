import { expect } from 'vitest';
import { withServer } from '../integration/harness/with-server.ts';
import { addressOf, withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();
const world = withServer();

test('a panel that fails shows an error, leaves other panels working and can be reloaded', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/gc'), {
    permissions: ['clipboard-read', 'clipboard-write'],
    may: /TypeError/,
  });
  await settled(page);
  const crash = page.getByRole('alert');
  await page.route('**/api/plan*', (route) =>
    route.fulfill({ json: { seq: 1, at: 1, rows: [null], brakes: [], holds: [] } }),
  );
  await page.getByRole('link', { name: 'Fleet', exact: true }).click();
  await page.getByRole('link', { name: 'GC' }).click();
  await crash.waitFor();
  expect(await crash.textContent()).toMatch(/This panel failed.*TypeError|This panel failed.*null/);
  await crash.getByRole('button', { name: 'Copy report' }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/^gc: .*null[\s\S]*#\/gc/);

  await page.getByRole('link', { name: 'Fleet', exact: true }).click();
  await page.locator('.groups .cell').first().waitFor();
  await page.getByRole('button', { name: 'Step back' }).click();
  await page.getByTestId('past').waitFor();
  await page.getByRole('link', { name: 'GC' }).click();
  await crash.waitFor();
  await page.unroute('**/api/plan*');
  await crash.getByRole('button', { name: 'Reload panel' }).click();
  await page.getByRole('region', { name: 'Holds' }).waitFor();
});

test('a recording has a button to its end instead of the present, and shows no live data', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/gc?at=seq:100'));
  await settled(page);
  const past = page.getByTestId('past');
  expect(await past.textContent()).toContain('Back to the end (L)');
  const seen = await page.locator('main, .banners, .transport').allTextContents();
  expect(seen.join()).not.toMatch(/\blive\b/i);
  expect(await page.locator('.transport .live').getAttribute('title')).toBe('Back to the end (L)');
  expect(await page.getByText('Actions are off').textContent()).toContain('recording');
  await past.getByRole('button', { name: 'Back to the end (L)' }).click();
  await past.waitFor({ state: 'detached' });
});

test('an empty dashboard links to the sample recording, which is labelled on every screen and links back', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  await using visit = await open(address, { may: /403/ });
  const { page, letGo } = visit;
  await page.getByRole('heading', { name: 'No agents yet' }).waitFor();
  await letGo();
  await page.getByRole('link', { name: 'Open the sample recording' }).click();
  await settled(page);
  const notice = page.getByTestId('sample');
  for (const screen of ['Timeline', 'Machines', 'GC', 'Fleet']) {
    await page.getByRole('link', { name: screen, exact: true }).click();
    await expect.poll(() => page.locator('main h1').first().textContent()).toContain(screen);
    expect(await notice.textContent()).toContain('This is not your fleet');
  }
  await page.locator('.cell').first().click();
  expect(await page.getByRole('button', { name: 'Hold …' }).isDisabled()).toBe(true);
  const refused = await page.evaluate(async () => {
    const method = 'POST';
    const headers = { 'Content-Type': 'application/json', 'X-Rollcall': '1' };
    return (await fetch('/sample/api/actions/sweep', { method, headers, body: '{}' })).status;
  });
  expect(refused).toBe(403);

  await notice.getByRole('link', { name: 'Back to your fleet' }).click();
  await page.getByRole('heading', { name: 'No agents yet' }).waitFor();
  expect(await notice.count()).toBe(0);
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await page.locator('.cell[aria-label^="h1/a:"]').waitFor({ timeout: 30_000 });
}, 60_000);

import { expect } from 'vitest';
import { withServer } from '../integration/harness/with-server.ts';
import { addressOf, withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const world = withServer();
const sample = withRecording();
const soon = { timeout: 30_000 };

test('the explanation of an agent changes at once when a hold begins and ends, without a clock', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  await using visit = await open(`${address}#/fleet?sel=agent/h1/a`);
  const { page } = visit;
  const why = page.getByRole('region', { name: 'Why' });
  await expect.poll(() => why.textContent(), soon).toMatch(/^h1\/a is live/);
  // The page also asks again each 10 s of its clock. That must not be what changes the text.
  await page.clock.setFixedTime(Date.now());
  await page.waitForTimeout(1500);
  const operate = async (args: readonly string[]) => {
    await using done = fleet.start(args);
    expect(await done.exited, done.stderr).toBe(0);
  };
  await operate(['hold', 'h1', '--for', '10m', '--why', 'kernel']);
  await expect.poll(() => why.textContent(), soon).toContain('is on hold');
  await operate(['release', 'h1']);
  await expect.poll(() => why.textContent(), soon).not.toContain('is on hold');
  expect(await why.textContent()).toMatch(/^h1\/a is live/);
});

test('no moment shows the explanation of another one', async ({ open }) => {
  const agent = '#/fleet?sel=agent/web-2/web';
  const { page } = await open(sample.at(`${agent}&at=seq:100`));
  await settled(page);
  const text = page.locator('.why-text');
  const seen = async () => ((await text.isVisible()) ? text.textContent() : null);
  await expect.poll(seen, soon).toMatch(/^web-2\/web is live/);
  const held = Promise.withResolvers<void>();
  await page.route('**/api/why*', async (route) => {
    await held.promise;
    await route.continue();
  });
  for (const at of ['&at=seq:102', '', '&at=seq:110']) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, agent + at);
    const past = page.getByTestId('past');
    await (at === '' ? past.waitFor({ state: 'detached' }) : past.waitFor());
    expect(await seen()).toBeNull();
    await page.waitForTimeout(1000);
    expect(await seen()).toBeNull();
  }
  held.resolve();
  await expect.poll(seen, soon).toMatch(/^web-2\/web is suspect/);
});

test('an event that an explanation names is a link to it', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?sel=agent/web-2/web&at=seq:110'));
  await settled(page);
  const link = page.getByRole('region', { name: 'Why' }).getByRole('link', { name: '#102' });
  await link.click();
  const opened = page.getByRole('list', { name: 'Transitions, newest first' });
  await expect.poll(() => opened.textContent(), soon).toContain('suspected');
  expect(decodeURIComponent(page.url())).toMatch(
    /#\/entity\?at=seq:102&of=agent\/web-2\/web&open=102$/,
  );
});

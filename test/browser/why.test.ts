import { expect } from 'vitest';
import { withServer } from '../integration/harness/with-server.ts';
import { addressOf } from './harness/dashboard.ts';
import { test } from './harness/visit.ts';

const world = withServer();
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

import { expect } from 'vitest';
import { withServer } from '../integration/harness/with-server.ts';
import { addressOf } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const world = withServer();

const hostile = {
  markup: `<img src=x onerror="alert('host')">`,
  'a script': '</script><script>alert(1)</script>',
  quotes: `"' onfocus=alert(1) autofocus x="`,
  'right to left': '\u202Eevil\u202C שלום',
  addresses: 'javascript:alert(1)//?&#%2F..',
};

test('names with markup are shown as text on every screen and in every address', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  for (const name of Object.values(hostile)) {
    await fleet.serving(name, name, [{ service: name, id: name }], ['--zone', hostile.markup]);
  }
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await settled(page);
  for (const name of Object.values(hostile)) {
    const host = page.locator('.group h2 bdi').filter({ hasText: name });
    await host.first().waitFor();
    // No collector is active, so each agent is dubious.
    await page.locator(`.cell[aria-label^=${JSON.stringify(`${name}/${name}: dubious`)}]`).click();
    await expect.poll(() => page.locator('aside.drawer h2').textContent()).toContain(name);
    await page.locator('aside.drawer').getByRole('link', { name: 'History' }).click();
    await expect.poll(() => page.locator('main h1').textContent()).toContain(`${name}/${name}`);
    await page
      .getByRole('list', { name: 'Transitions, newest first' })
      .locator('li')
      .first()
      .waitFor();
    await page.goto(new URL('#/fleet', page.url()).href);
  }
  for (const screen of ['fleet?group=zone', 'services', 'timeline', 'machines', 'gc']) {
    await page.goto(new URL(`#/${screen}`, page.url()).href);
    await settled(page);
    await page.waitForTimeout(200);
    expect(
      await page.locator('img, script:not([src]), [onerror], [onfocus], [autofocus]').count(),
    ).toBe(0);
  }
});

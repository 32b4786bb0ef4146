import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { TestFleet } from '../../integration/harness/fleet.ts';
import { startTestServer } from '../../integration/harness/nats-server.ts';
import { withServer } from '../../integration/harness/with-server.ts';
import { addressOf } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const world = withServer();
const soon = { timeout: 30_000 };
/** The browser logs one error for each request to a killed server, and for each answer that says so. */
const unreachable = /ERR_|Failed to load resource|503/;

/** The texts of a screen that say what is live, and its numbers, without times. */
async function said(page: Page, screen: string): Promise<string> {
  await page.getByRole('link', { name: screen, exact: true }).click();
  const main = page.locator('main');
  await expect.poll(() => main.locator('h1').first().textContent()).toContain(screen);
  await page.waitForTimeout(500);
  const text = (await main.innerText()).replace(/\b\d\d:\d\d:\d\d\b|\d+ (?:ms|s|m|h)\b/g, 'T');
  return text.replace(/\s+/g, ' ');
}

/** The colour of an element, as the browser draws it: the filters of what contains it count. */
const isGrey = (page: Page, selector: string) =>
  page.locator(selector).evaluate((one) => {
    for (let at: Element | null = one; at; at = at.parentElement)
      if (getComputedStyle(at).filter.includes('grayscale(1)')) return true;
    return false;
  });

test('without NATS an old and a new tab say the same, and nothing is shown as live', async ({
  open,
}) => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  await using visit = await open(address, { may: unreachable });
  const { page, another } = visit;
  await expect.poll(() => page.locator('.cell').getAttribute('aria-label'), soon).toContain('live');
  await server.kill();
  await page.getByTestId('broker').waitFor(soon);
  const later = await another();
  await settled(later);
  await later.getByTestId('broker').waitFor(soon);
  for (const screen of ['Fleet', 'Services', 'Timeline', 'GC']) {
    const [old, fresh] = [await said(page, screen), await said(later, screen)];
    expect({ screen, text: old }).toEqual({ screen, text: fresh });
    expect(old).toMatch(/unverified/);
    expect(await page.locator('main :not(.legend) > .state.s-live').count()).toBe(0);
    if (screen !== 'GC') continue;
    expect(old).toContain('The plan is not known: the dashboard server or NATS does not answer.');
    expect(old).toMatch(/In grace – Not known without the plan\. Held back – Not known/);
    expect(old).not.toMatch(/STREAM|nothing is held back/i);
  }
  const button = '.transport .live';
  expect(await page.locator(button).getAttribute('aria-pressed')).toBe('true');
  expect([await isGrey(page, button), await isGrey(page, 'main')]).toEqual([true, true]);
  const [live, good] = await page.locator(button).evaluate((one) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--good)';
    return [getComputedStyle(one).color, getComputedStyle(probe).color];
  });
  expect(live).not.toBe(good);
});

test('GC without its plan says so, and shows no zero', async ({ open }) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const dashboard = fleet.start(['ui', '--port', '0']);
  await using visit = await open(`${await addressOf(dashboard)}#/gc`, { may: unreachable });
  const { page } = visit;
  await page.getByText('No run is in its grace.').waitFor(soon);
  dashboard.kill('SIGKILL');
  await page.getByTestId('stale').waitFor(soon);
  await page.keyboard.press(',');
  await page.getByTestId('past').waitFor();
  await page.getByText('The plan is not known: the dashboard server does not answer.').waitFor();
  const text = await said(page, 'GC');
  expect(text).toMatch(/In grace – Not known without the plan\. Held back – Not known/);
  expect(text).toContain('Holds –');
  expect(text).not.toMatch(/TypeError|Nothing is|No run is|No holds/);
});

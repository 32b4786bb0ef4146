import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { TestFleet } from '../integration/harness/fleet.ts';
import { startTestServer } from '../integration/harness/nats-server.ts';
import { withServer } from '../integration/harness/with-server.ts';
import { seriousInBoth } from './harness/axe.ts';
import { addressOf } from './harness/dashboard.ts';
import { rowsIn, rowsOf } from './harness/engine.ts';
import { settled, test } from './harness/visit.ts';

const world = withServer();

/** Long enough for a busy machine. */
const soon = { timeout: 30_000 };
/** The browser logs one error for each request to a killed server. */
const unreachable =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|Failed to load resource/;

const cell = (page: Page, name: string) => page.locator(`.cell[aria-label^="${name}:"]`);
const labelOf = (page: Page, name: string) => cell(page, name).getAttribute('aria-label', soon);

/** Expects the same rows in the page as in the audit: none missing, none repeated. */
async function hasAllOf(page: Page, fleet: TestFleet): Promise<void> {
  const wrong = async () => {
    const [seen, stored] = [await rowsIn(page), rowsOf(await fleet.history())];
    const [inPage, inAudit] = [new Set(seen), new Set(stored)];
    return {
      twice: seen.filter((row, n) => seen.indexOf(row) !== n),
      lost: stored.filter((row) => !inPage.has(row)),
      invented: seen.filter((row) => !inAudit.has(row)),
      inOrder: seen.every((row, n) => n === 0 || seqOf(row) > seqOf(seen[n - 1])),
    };
  };
  const none = { twice: [], lost: [], invented: [], inOrder: true };
  await expect.poll(wrong, soon).toEqual(none);
  // A repeated row may arrive a moment later, so check again.
  await page.waitForTimeout(1000);
  await expect.poll(wrong, soon).toEqual(none);
}

const seqOf = (row = '0'): number => Number.parseInt(row, 10);

test('an empty fleet is shown as empty, and the first agent appears without a reload', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await page.getByRole('heading', { name: 'No agents yet' }).waitFor();
  expect(await seriousInBoth(page)).toEqual([]);
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toContain('live');
  // The present goes on without events.
  const shown = page.locator('.transport .where');
  let before: readonly string[] = [];
  const onlyTimeMoved = async () => {
    const now = (await shown.textContent())?.split(' seq ') ?? [];
    const moved = now[1] === before[1] && now[0] !== before[0];
    before = now;
    return moved;
  };
  await expect.poll(onlyTimeMoved, soon).toBe(true);
});

test('a killed agent is shown as gone without a reload', async ({ open }) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const patient = ['--grace', '15s'];
  const killed = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }], patient);
  await fleet.serving('h2', 'b', [{ service: 'web', id: 'w2' }]);
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toContain('live');
  killed.process.kill('SIGKILL');
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toMatch(/dubious|suspect/);
  const attention = page.getByRole('region', { name: 'Needs attention' });
  await expect.poll(() => attention.textContent()).toContain('h1');
  // The drawer explains it as `rollcall why` does, and follows its state.
  await cell(page, 'h1/a').click();
  const why = page.getByRole('region', { name: 'Why' });
  await expect.poll(() => why.textContent(), soon).toMatch(/^h1\/a is .*(suspect|not registered)/);
  await expect.poll(() => why.textContent(), soon).toMatch(/^h1\/a is not registered: .* dead/);
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toMatch(/expired|gone/);
  expect(await labelOf(page, 'h2/b')).toContain('live');
  const lost = /service web.*1 left of 2 instances.*no zone.*1 of 2 agents, 1 instance.*none back/;
  await expect.poll(() => attention.textContent(), soon).toMatch(lost);
  // A filter that hides the lost agent does not hide its loss.
  // With its suggestions the field has the role of a combobox, without them that of a search box.
  const filter = page.locator('input[type="search"]');
  await filter.fill('host:h2');
  await expect.poll(() => cell(page, 'h1/a').count()).toBe(0);
  expect(await attention.textContent()).toMatch(lost);
  await filter.fill('');
  await page.getByRole('link', { name: 'Services' }).click();
  const service = page.getByRole('listitem').filter({ hasText: 'web' });
  await expect.poll(() => service.textContent(), soon).toMatch(/1 live of 2.*1.*lost.*strict 1/);
  await page.getByRole('link', { name: 'Fleet' }).click();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await expect.poll(() => page.getByText('Nothing needs attention').count(), soon).toBe(1);
});

test('no row is lost or repeated when the dashboard server is killed and restarted', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const first = fleet.start(['ui', '--port', '0']);
  const address = await addressOf(first);
  await using visit = await open(address, { may: unreachable });
  const { page } = visit;
  await settled(page);
  await hasAllOf(page, fleet);

  first.kill('SIGKILL');
  await page.getByTestId('stale').waitFor(soon);
  expect(await page.getByTestId('stale').textContent()).toMatch(/retry.*attempt \d/);
  expect(await seriousInBoth(page)).toEqual([]);
  await fleet.serving('h2', 'b', [{ service: 'web', id: 'w2' }]);
  const again = fleet.start(['ui', '--port', new URL(address).port]);
  await again.ready;

  await page.getByTestId('stale').waitFor({ state: 'detached', ...soon });
  await expect.poll(() => labelOf(page, 'h2/b'), soon).toContain('live');
  await hasAllOf(page, fleet);
});

test('a killed NATS server is reported, the history in memory stays, and no row is lost or repeated', async ({
  open,
}) => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toContain('live');
  await server.kill();
  await page.getByTestId('broker').waitFor(soon);
  expect(await page.getByTestId('age').textContent()).toContain('NATS away');
  expect(await seriousInBoth(page)).toEqual([]);
  await page.keyboard.press(',');
  await page.getByTestId('past').waitFor();
  await page.keyboard.press('l');
  await server.restart();
  await page.getByTestId('broker').waitFor({ state: 'detached', ...soon });
  await fleet.serving('h2', 'b', [{ service: 'web', id: 'w2' }]);
  await expect.poll(() => labelOf(page, 'h2/b'), soon).toContain('live');
  await hasAllOf(page, fleet);
  await page.getByRole('link', { name: 'Timeline' }).click();
  await page.locator('.lanes > .cursor .outage').waitFor({ state: 'attached', ...soon });
  expect(await page.locator('.legend').textContent()).toContain('no answer from NATS');
});

test('a hold set on the page is in the audit with operator and reason, and the past offers no hold', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await expect.poll(() => labelOf(page, 'h1/a'), soon).toContain('live');
  await cell(page, 'h1/a').click();
  const hold = page.getByRole('button', { name: 'Hold …' });
  await page.keyboard.press(',');
  await page.getByTestId('past').waitFor();
  expect(await hold.isDisabled()).toBe(true);
  expect(await hold.getAttribute('title')).toContain('past');
  await page.keyboard.press('l');
  await page.getByTestId('past').waitFor({ state: 'detached' });

  await hold.click();
  expect(await seriousInBoth(page)).toEqual([]);
  await page.getByLabel('Reason (recorded in the audit)').fill('a new kernel');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await page.getByTestId('hold').waitFor(soon);
  expect(await page.getByTestId('hold').textContent()).toMatch(/h1\/a.*a new kernel/);
  const text = JSON.stringify((await fleet.history()).filter(({ of }) => of.entity === 'hold'));
  expect(await seriousInBoth(page)).toEqual([]);
  for (const word of ['Ada', 'a new kernel', 'dashboard']) expect(text).toContain(word);
});

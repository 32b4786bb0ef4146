import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { rollcall } from '../../integration/harness/processes.ts';
import { addressOf } from '../harness/dashboard.ts';
import { type Open, settled, test } from '../harness/visit.ts';
import { Hand } from './hand.ts';
import { type TroubledFleet, troubledFleet } from './troubled-fleet.ts';

/**
 * Ten questions of an operator at three in the morning, on one live fleet with killed, frozen and flapping agents.
 * Each test states how many clicks and keys the answer costs. A written character counts as a key.
 */
let trouble: TroubledFleet;
beforeAll(async () => {
  trouble = await troubledFleet();
}, 300_000);
afterAll(() => trouble?.[Symbol.asyncDispose]());

const soon = { timeout: 30_000 };
const inUtc = { timezoneId: 'UTC' };

/** A user in front of the Fleet screen, where every task begins. */
async function atFleet(open: Open, options: Parameters<Open>[1] = {}) {
  const visit = await open(trouble.address, { ...inUtc, ...options });
  await settled(visit.page);
  await cell(visit.page, 'h1/a').waitFor(soon);
  return { ...visit, hand: new Hand(visit.page) };
}

const cell = (page: Page, name: string) => page.locator(`.cell[aria-label^="${name}:"]`);
const attention = (page: Page) => page.getByRole('region', { name: 'Needs attention' });
const timeField = (page: Page) => page.getByRole('textbox', { name: 'Go to a time' });
const why = (page: Page) => page.getByRole('region', { name: 'Why' });
/** A time as it is written into the field, `14:03:10`. */
const clock = (at: number) => new Date(at).toISOString().slice(11, 19);

test('1: a host is held with 2 clicks and 14 keys', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await hand.click(page.getByRole('button', { name: 'h8', exact: true }));
  await hand.click(page.getByRole('button', { name: 'Hold …' }));
  await page.locator('input[name=why]:focus').waitFor();
  await hand.write('kernel 6.18.2');
  await hand.press('Enter');
  await expect.poll(() => page.getByTestId('hold').textContent(), soon).toMatch(/h8.*kernel/);
  expect(hand.cost).toEqual({ clicks: 2, keys: 14 });
  expect((await trouble.fleet.history()).some(({ of }) => of.entity === 'hold')).toBe(true);
});

test('2: a past moment is reached with 1 click and 9 keys', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await hand.click(timeField(page));
  await hand.write(clock(trouble.began));
  await hand.press('Enter');
  await page.getByTestId('past').waitFor(soon);
  await expect
    .poll(() => cell(page, 'h5/killed').getAttribute('aria-label'), soon)
    .toContain('live; 1 instance');
  expect(hand.cost).toEqual({ clicks: 1, keys: 9 });
});

test('3: a link to what one sees is shared with 1 click', async ({ open }) => {
  const { page, hand, another } = await atFleet(open, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await hand.click(page.getByRole('button', { name: 'Copy link' }));
  expect(hand.cost).toEqual({ clicks: 1, keys: 0 });
  await page.getByRole('button', { name: 'Copy link ✓' }).waitFor();
  const other = await another(await page.evaluate(() => navigator.clipboard.readText()));
  await other.getByTestId('past').waitFor(soon);
  await expect
    .poll(() => other.locator('.groups').textContent(), soon)
    .toBe(await page.locator('.groups').textContent());
});

test('4: the chart of an agent with its live state is opened with 2 clicks', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await hand.click(cell(page, 'h6/frozen'));
  await hand.click(page.getByRole('link', { name: 'Machine', exact: true }));
  const active = page.locator('.chart .active.leaf');
  await active.first().waitFor({ state: 'attached', ...soon });
  expect(hand.cost).toEqual({ clicks: 2, keys: 0 });
});

test('5: why an agent is dubious is one sentence after 1 click', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await hand.click(attention(page).getByRole('button', { name: /h6\/frozen/ }));
  await expect
    .poll(() => why(page).textContent(), soon)
    .toMatch(/^h6\/frozen is suspect: it has been silent since .*collector.*declared dead in/);
  expect(hand.cost).toEqual({ clicks: 1, keys: 0 });
});

test('6: when the brake ends is in the banner, and what waits is shown after 1 click', async ({
  open,
}) => {
  const { page, hand } = await atFleet(open);
  const banner = page.getByTestId('brake');
  expect(await banner.textContent()).toMatch(
    /zone ber since .*: runs expire one at a time, \d since then/,
  );
  await expect
    .poll(() => banner.textContent(), soon)
    .toMatch(
      /ends when less than 15 % of the agents are suspect: about in [\dms ]+, \d\d:\d\d:\d\d/,
    );
  await hand.click(banner.getByRole('link', { name: 'What waits' }));
  const brakes = page.getByRole('region', { name: 'Brakes' });
  await expect.poll(() => brakes.textContent(), soon).toMatch(/zone ber.*about in [\dms ]+, \d\d:/);
  expect(hand.cost).toEqual({ clicks: 1, keys: 0 });
});

test('7: one id that two hosts registered is explained after 1 click', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await hand.click(attention(page).getByRole('button', { name: /web\/dup/ }));
  await expect
    .poll(() => why(page).textContent(), soon)
    .toMatch(/web\/dup on h2\/c is live.*web\/dup on h1\/a is dubious: h2\/c registered/);
  expect(hand.cost).toEqual({ clicks: 1, keys: 0 });
});

test('8: who removed an instance at a time is answered with 1 click and 11 keys', async ({
  open,
}) => {
  const { page, hand } = await atFleet(open);
  await hand.click(timeField(page));
  await hand.write(clock(trouble.removedAt + 1000));
  await hand.press('Enter');
  await page.getByTestId('past').waitFor(soon);
  await hand.press('g', 'g');
  const row = page.getByRole('region', { name: 'Done' }).getByRole('listitem');
  await expect
    .poll(() => row.filter({ hasText: 'api/k1' }).textContent(), soon)
    .toMatch(/\d\d:\d\d:\d\d.*api\/k1.*removed.*owner-expired.*by watch\/collector/);
  expect(hand.cost).toEqual({ clicks: 1, keys: 11 });
});

test('9: which agents flap is seen without a click, and how often with 1', async ({ open }) => {
  const { page, hand } = await atFleet(open);
  await expect
    .poll(() => attention(page).textContent(), soon)
    .toMatch(/flapping.*h7\/flaps.*returned from suspicion or death [4-9] times in the last hour/);
  await hand.click(page.getByText(/agents? returned from suspicion or death in the last 24 h/));
  const row = page.locator('.flaps').getByRole('row', { name: /h7\/flaps/ });
  expect(await row.textContent()).toMatch(/h7\/flaps[4-9][4-9]\d\d:\d\d:\d\d/);
  expect(hand.cost).toEqual({ clicks: 1, keys: 0 });
  await using listed = trouble.fleet.start(['agents', '-o', 'wide']);
  await listed.exited;
  const lines = listed.lines.map(({ text }) => String(text));
  expect(lines.find((line) => line.includes('FLAPS 1H/24H'))).toBeDefined();
  expect(lines.find((line) => line.includes('h7/flaps'))).toMatch(/ cph .* [4-9]\/[4-9]$/);
  expect(lines[1]).toMatch(/suspect/);
});

test('10: an incident is exported with 2 clicks and 20 keys, and verifies', async ({ open }) => {
  const { page, hand, letGo } = await atFleet(open, { acceptDownloads: true });
  await hand.click(timeField(page));
  await hand.write(`${clock(trouble.began - 1000)} - ${clock(Date.now())}`);
  await hand.press('Enter');
  await expect.poll(() => page.url(), soon).toMatch(/timeline.*w=/);
  const downloading = page.waitForEvent('download');
  await hand.click(page.getByRole('link', { name: 'Export' }));
  const download = await downloading;
  expect(hand.cost).toEqual({ clicks: 2, keys: 20 });
  await letGo();
  const file = await download.path();
  expect(await readFile(file, 'utf8')).toMatch(/"expired"/);
  await using verified = rollcall(['audit', 'verify', '--file', file]);
  expect(await verified.exited, verified.stderr).toBe(0);
  await using ui = rollcall(['ui', '--file', file, '--port', '0', '--json']);
  await using shown = await open(await addressOf(ui), inUtc);
  await settled(shown.page);
  await cell(shown.page, 'h5/killed').waitFor(soon);
});

test('a filter by label hides no attention, and says how many of the hidden agents are not live', async ({
  open,
}) => {
  const { page, hand } = await atFleet(open);
  const named = async () => new Set(await attention(page).locator('.name').allTextContents());
  const before = await named();
  expect(before.size).toBeGreaterThan(2);
  await hand.press('/');
  await hand.write('label.tier=gold');
  await expect
    .poll(() => page.getByTestId('filtered').textContent(), soon)
    .toMatch(
      /^3 of 12 agents match “label.tier=gold”, with \d of \d+ instances.*; [4-6] hidden are not live/,
    );
  expect(await page.locator('.cell').count()).toBe(3);
  const after = await named();
  // The fleet is live: more may need attention meanwhile.
  expect([...before].filter((name) => !after.has(name))).toEqual([]);
});

/** Without a pointer, and for a user who prefers reduced motion. */
const byKeys = { reducedMotion: 'reduce' } as const;

test('a host is held by keyboard alone, with 21 keys', async ({ open }) => {
  const { page, hand } = await atFleet(open, byKeys);
  await hand.press('/');
  await hand.write('h9');
  await hand.press('Enter');
  await page.locator('.cell:focus').waitFor();
  await hand.press('Shift+Tab', 'Enter');
  await hand.tabTo('.drawer footer button');
  await hand.press('Enter');
  await page.locator('input[name=why]:focus').waitFor();
  await hand.write('new disk');
  await hand.press('Enter');
  await expect
    .poll(() => page.getByTestId('hold').allTextContents(), soon)
    .toContainEqual(expect.stringMatching(/h9.*new disk/));
  expect(hand.cost).toEqual({ clicks: 0, keys: 21 });
  expect(await moving(page)).toBe(0);
});

test('why an agent was removed is found by keyboard alone, with 9 keys', async ({ open }) => {
  const { page, hand } = await atFleet(open, byKeys);
  await hand.press('/');
  await hand.write('api/k1');
  await hand.press('Enter');
  await page.locator('.cell:focus').waitFor();
  await hand.press('Enter');
  await expect
    .poll(() => why(page).textContent(), soon)
    .toMatch(/^h5\/killed is not registered: .*dead/);
  expect(hand.cost).toEqual({ clicks: 0, keys: 9 });
  expect(await moving(page)).toBe(0);
});

test('a past moment is reached by keyboard alone, with 10 keys', async ({ open }) => {
  const { page, hand } = await atFleet(open, byKeys);
  await hand.press('t');
  await hand.write(clock(trouble.began));
  await hand.press('Enter');
  await page.getByTestId('past').waitFor(soon);
  expect(hand.cost).toEqual({ clicks: 0, keys: 10 });
  expect(await moving(page)).toBe(0);
});

/** The number of animations that run. */
const moving = (page: Page) =>
  page.evaluate(
    () =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration) > 20).length,
  );

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousInBoth } from '../harness/axe.ts';
import { type Line, withCrafted } from '../harness/crafted.ts';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

/** At the end db-2 registers db/main, which db-1 has already registered. */
const contested = withCrafted((lines) => {
  const [first, own] = [lines.find(({ seq }) => seq === 49), lines.find(({ seq }) => seq === 55)];
  const last = lines.at(-1);
  if (!first || !own || !last) throw new Error('the sample is another one');
  const of = (all: Line['event']['of']) => ({
    ...all,
    ...Object.fromEntries(['host', 'agent', 'run'].map((one) => [one, own.event.of[one]])),
  });
  const { event, subject } = first;
  const second = {
    ...first,
    seq: last.seq + 1,
    subject: [...own.subject.split('.').slice(0, 3), ...subject.split('.').slice(3)].join('.'),
    event: { ...event, of: of(event.of), actor: of(event.actor), record: event.record },
    storedAt: Number(last['storedAt']) + 1000,
  };
  return [...lines, second as Line];
});

const history = (page: Page) =>
  page.getByRole('list', { name: 'Transitions, newest first' }).locator(':scope > li');

test('an expanded event shows a small chart with the edge taken highlighted', async ({ open }) => {
  const { page } = await open(sample.at('#/entity?of=host/cache-1&open=97'));
  await settled(page);
  const lit = page.locator('.thumb .last');
  // The server lays out the chart first.
  await lit.first().waitFor({ state: 'attached', timeout: 15_000 });
  const edges = await lit.evaluateAll((all) => all.map((one) => one.getAttribute('data-edge')));
  for (const edge of edges)
    expect(decodeURIComponent(edge ?? '')).toContain('run.present.sight.suspect|regranted|0');
  expect((await page.locator('.thumb svg').boundingBox())?.height).toBeLessThan(300);
  expect(await page.locator('.thumb .active.leaf').count()).toBe(2);
  expect(await page.locator('.thumb [data-edge]').count()).toBeGreaterThan(edges.length);
});

test('a history shows its states as a bar with links, and their shares as text', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/entity?of=agent/web-1/web'));
  await settled(page);
  const ribbon = page.locator('.ribbon');
  await expect.poll(() => ribbon.locator('rect.s-live').count()).toBe(3);
  expect(await ribbon.locator('p').textContent()).toMatch(
    /live\s*\d+ %, 1 m .*suspect\s*1\d %, 1\d s/,
  );
  const suspect = ribbon.locator('rect.s-suspect');
  expect(await suspect.textContent()).toMatch(/^suspect \d\d:\d\d:\d\d–.*, 1\d s$/);
  await suspect.click();
  await page.getByTestId('past').waitFor();
  await expect.poll(() => page.locator('main h1 ~ .s-suspect').count()).toBe(1);
  // The text serves users who cannot see the bar.
  expect(await ribbon.locator('[aria-hidden=true] svg').count()).toBe(1);
  await page.goto(sample.at('#/entity?of=host/cache-1'));
  await expect.poll(() => ribbon.locator('rect.s-suspect').count()).toBe(1);
});

test('a cause links to its event, even within the same history', async ({ open }) => {
  const { page } = await open(sample.at('#/entity?of=agent/batch-1/worker&open=109'));
  await settled(page);
  const because = page.locator('.event.open').getByRole('link', { name: 'expired batch-1/worker' });
  await because.click();
  const opened = page.locator('.event.open', { has: page.getByLabel('expired, seq 105: details') });
  await opened.waitFor();
  await expect.poll(() => opened.textContent()).toContain('Evidence of the decision');
  expect(page.url()).toContain('at=seq:105');
});

test('the rows shown can be copied as JSON', async ({ open }) => {
  const { page } = await open(sample.at('#/entity?of=agent/db-2/postgres&only=problems'), {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await settled(page);
  await expect.poll(() => history(page).count()).toBe(1);
  await page.getByRole('button', { name: 'Copy rows as JSON' }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain('"suspected"');
  expect(JSON.parse(await copied())).toMatchObject([
    { type: 'suspected', seq: 80, entity: { host: 'db-2' } },
  ]);
});

test('an instance that another agent registered later is shown as dubious, contested in the drawer and its history', async ({
  open,
}) => {
  const { page } = await open(contested.at('#/fleet?sel=agent/db-1/postgres'));
  await settled(page);
  const mark = page.locator('.drawer .s-contested');
  await mark.waitFor();
  expect(await mark.textContent()).toMatch(/^\S\s*dubious contested$/);
  expect(await page.locator('.drawer').textContent()).toContain(
    'registered later by db-2/postgres',
  );
  const cell = page.locator('.cell[aria-label^="db-1/postgres:"]');
  expect(await cell.getAttribute('aria-label')).toMatch(/1 instance, 1 contested$/);
  expect(await cell.locator('.badge').getAttribute('data-text')).toBe('⇄1');
  const tallies = page.locator('.head .instances');
  expect(await tallies.textContent()).toMatch(/◌ 1 dubious \(1 contested\)/);
  const row = page.getByRole('region', { name: 'Needs attention' }).getByText('db/main');
  expect(await row.locator('..').textContent()).toContain('registered later by db-2/postgres');
  await page.getByRole('button', { name: 'L', exact: true }).click();
  expect(await cell.locator('.pips .s-contested').count()).toBe(1);
  // Only this one of the two with that name.
  expect(await page.locator('.cell .s-contested.badge').count()).toBe(1);
  expect(await seriousInBoth(page)).toEqual([]);
  await page.goto(contested.at('#/entity?of=instance/db/main'));
  await page.locator('.head > span > .s-contested').waitFor();
  expect(await page.locator('.head > span > .s-live').count()).toBe(1);
  // One strip for each of the two that registered the name: the active one was live all the time.
  const strips = page.locator('.ribbon > div');
  await expect.poll(() => strips.count()).toBe(2);
  const text = (await strips.allTextContents()).map((one) => one.replaceAll(/\s+/g, ' '));
  expect(text[0]).toMatch(/^on db-1\/postgres.*live .*contested (?:< 1|\d+) %, /);
  expect(text[1]).toMatch(/^on db-2\/postgres\S*live 100 %, /);
  expect(await seriousInBoth(page)).toEqual([]);
  // Before that, it was not contested.
  await page.goto(contested.at('#/entity?of=instance/db/main&at=seq:132'));
  await page.getByTestId('past').waitFor();
  await page.locator('.head > span > .s-contested').waitFor({ state: 'detached' });
});

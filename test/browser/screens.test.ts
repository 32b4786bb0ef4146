import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

const screens = {
  fleet: 'Fleet',
  timeline: 'Timeline',
  machines: 'Machines',
  gc: 'GC',
} as const;

for (const [screen, title] of Object.entries(screens)) {
  test(`the screen ${title} opens at its own address and shows its title`, async ({ open }) => {
    const { page } = await open(sample.at(`#/${screen}`));
    await settled(page);
    await expect.poll(() => page.locator('main h1').first().textContent()).toContain(title);
    const current = page.locator('nav [aria-current=page]');
    expect(await current.textContent()).toBe(title);
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
  });
}

test('the fleet links to an agent, and the agent to its history', async ({ open }) => {
  const { page } = await open(sample.at());
  await settled(page);
  await page.locator('.groups .cell').first().click();
  const drawer = page.locator('aside.drawer');
  const name = await drawer.getAttribute('aria-label');
  await drawer.getByRole('link', { name: 'History' }).click();
  await expect.poll(() => page.locator('main h1').textContent()).toContain(name);
  const rows = page.getByRole('list', { name: 'Transitions, newest first' });
  await expect.poll(() => rows.locator(':scope > li').count()).toBeGreaterThan(0);
});

test('a filter without matches shows a notice that can clear it', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?f=no-such-agent'));
  await settled(page);
  const notice = page.locator('main .notice');
  expect(await notice.textContent()).toMatch(/^0 of \d+ agents match/);
  await notice.getByRole('button', { name: 'Clear filter' }).click();
  await notice.waitFor({ state: 'detached' });
  expect(page.url()).not.toContain('no-such-agent');
});

for (const screen of ['fleet', 'services', 'timeline']) {
  test(`a filter that cannot be read shows what to write: ${screen}`, async ({ open }) => {
    const { page } = await open(sample.at(`#/${screen}?f=not live`));
    await settled(page);
    const note = page.getByTestId('filtered');
    expect(await note.textContent()).toBe("'not' cannot be read. Write -state:live. Clear filter");
    await note.getByRole('button', { name: '-state:live' }).click();
    await expect.poll(() => note.textContent()).toMatch(/^\d+ of \d+ \w+ match “-state:live”/);
    await page.locator('input[type="search"]').fill('state:dead');
    await expect
      .poll(() => note.textContent())
      .toMatch(/^'dead' is no state of .*\. .*live, .*dubious/);
    await note.getByRole('button', { name: 'Clear filter' }).click();
    await note.waitFor({ state: 'detached' });
  });
}

for (const width of [390, 760, 1280]) {
  test(`the name of the fleet is not cut in a window of ${width} px`, async ({ open }) => {
    const { page } = await open(sample.at(), { viewport: { width, height: 800 } });
    await settled(page);
    const name = page.locator('.brand bdi');
    expect(await name.textContent()).toBe('a sample recording');
    expect(
      await name.evaluate((one) => [
        one.scrollWidth <= one.clientWidth || getComputedStyle(one).overflow === 'visible',
        one.getBoundingClientRect().right <= innerWidth,
      ]),
    ).toEqual([true, true]);
  });
}

test('the filter goes with the user to the next screen', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?f=zone:rack-a'));
  await settled(page);
  await page.getByRole('link', { name: 'Services' }).click();
  const field = page.getByRole('searchbox', { name: 'Filter instances' });
  expect(await field.inputValue()).toBe('zone:rack-a');
  await expect.poll(() => page.getByTestId('filtered').textContent()).toContain('“zone:rack-a”');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect.poll(() => page.url()).toMatch(/#\/timeline\?f=zone:rack-a$/);
});

test('the history of an unknown agent shows that it is empty', async ({ open }) => {
  const { page } = await open(sample.at('#/entity?of=agent/nowhere/nobody'));
  await settled(page);
  await page.getByText('No event up to this moment').waitFor();
});

test('the history without a selection shows how to select an entity', async ({ open }) => {
  const { page } = await open(sample.at('#/entity'));
  await settled(page);
  await page.locator('main').getByRole('link', { name: 'Fleet' }).waitFor();
});

test('an unpublished chart is reported as unknown, and the rest of the screen stays', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/machines?machine=run&chart=000000000000'), {
    may: /404/,
  });
  await settled(page);
  const notice = page.getByTestId('schema');
  await notice.waitFor();
  expect(await notice.textContent()).toContain('#000000000000');
  await page.getByRole('region', { name: 'Outline' }).waitFor();
});

test('the content policy forbids loading from other addresses', async ({ open }) => {
  const { page } = await open(sample.at());
  const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
});

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { encodeSubjectToken } from '../../src/domain/identity/subject-token.ts';
import { type Line, withCrafted } from './harness/crafted.ts';
import { settled, test } from './harness/visit.ts';

const longNames: readonly (readonly [short: string, long: string])[] = [
  ['db-1', 'ip-10-21-33-47.eu-central-1.compute.internal-db-1'],
  ['postgres', 'postgres-replica-of-the-accounting-department-0007'],
  ['jobs', 'nightly-jobs-of-the-accounting-department'],
];
const output =
  'HTTP 503 from http://127.0.0.1:8080/health: the upstream database refuses connections';

/** The sample with long names, at whose end one check fails with an ordinary text. */
const sample = withCrafted((lines) => {
  const text = longNames.reduce(
    // Its subject names each too: without it, an event is a gap.
    (all, [short, long]) =>
      all
        .replaceAll(`"${short}"`, `"${long}"`)
        .replaceAll(new RegExp(`(["'.])${short}(?=\\.)`, 'g'), `$1${encodeSubjectToken(long)}`),
    JSON.stringify(lines),
  );
  const changed: Line[] = JSON.parse(text);
  const [registered, last] = [changed.find(({ seq }) => seq === 49), changed.at(-1)];
  if (!registered || !last) throw new Error('the sample is another one');
  const { event } = registered;
  const failed = {
    ...registered,
    seq: last.seq + 1,
    storedAt: Number(last['storedAt']) + 1000,
    event: {
      ...event,
      n: 2,
      event: { type: 'failed', detail: output },
      from: 'serving',
      to: 'failing',
      record: { ...event.record, n: 2, state: 'failing' },
    },
  };
  return [...changed, failed];
});

const views = {
  'a laptop': { viewport: { width: 1280, height: 800 } },
  'a laptop at 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  'a large laptop at 200 %': { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  'a small window': { viewport: { width: 1024, height: 700 } },
  'a phone': { viewport: { width: 390, height: 844 } },
};
const [[, host] = ['', ''], [, agent] = ['', '']] = longNames;
const screens = [
  ...['fleet', 'fleet?size=L', 'fleet?group=zone', `fleet?sel=agent/${host}/${agent}`],
  ...['fleet?at=seq:105&f=state:suspect', 'services', 'timeline', 'timeline?at=seq:105&b=60'],
  ...['machines', 'gc?at=seq:105', `entity?of=agent/${host}/${agent}`, 'entity'],
];

for (const [name, view] of Object.entries(views)) {
  test(`on ${name} no screen is wider than the window, and no button or name is squeezed`, async ({
    open,
  }) => {
    const { page } = await open(sample.at(), view);
    const wrong: string[] = [];
    for (const screen of screens) {
      await page.goto(sample.at(`#/${screen}`));
      await settled(page);
      await page.waitForTimeout(500);
      wrong.push(...(await misfits(page)).map((one) => `${screen}: ${one}`));
    }
    expect(wrong).toEqual([]);
  });
}

/** What does not fit into the window, and texts of which a word has less room than two letters. */
const misfits = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const tell = (what: string, one: Element) =>
      found.push(`${what}: ${one.className} ${one.textContent?.slice(0, 60)}`);
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth + 1) found.push(`the page is ${root.scrollWidth} px wide`);
    const main = document.querySelector('main');
    if (main && main.scrollWidth > main.clientWidth + 1) {
      for (const one of main.querySelectorAll('*'))
        if (one.getBoundingClientRect().right > main.getBoundingClientRect().right + 1)
          tell('beyond the screen', one);
    }
    const logo = document.querySelector('.brand svg')?.getBoundingClientRect().width ?? 0;
    if (logo < 12) found.push(`the logo is ${logo} px wide`);
    for (const one of document.querySelectorAll('header *, .transport *, .head *')) {
      const { left, right, width } = one.getBoundingClientRect();
      if (width > 0 && !one.closest('svg, .skip') && (left < -1 || right > innerWidth + 1))
        tell('outside', one);
    }
    for (const one of document.querySelectorAll<HTMLElement>('bdi, td, dd, .why, .name, button')) {
      const { width, height } = one.getBoundingClientRect();
      const letters = one.textContent?.trim().length ?? 0;
      if (width > 0 && letters > 6 && width < 24 && height > 60) tell('a letter a line', one);
    }
    return found.slice(0, 5);
  });

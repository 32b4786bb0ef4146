/** Measures the size and speed of the dashboard: `npm run bench:dashboard [events] [agents]`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';
import type { Browser, Page } from 'playwright-core';
import { bundlePage } from '../../src/dashboard/build/bundle.ts';
import { formatMachineInfo, loadNow, thisMachine } from '../../tools/bench/machine-info.ts';
import { percentile } from '../../tools/bench/statistics.ts';
import { rollcall, uiToken } from '../integration/harness/processes.ts';
import { firstSight } from './bench/first.ts';
import { writeHistory } from './bench/history-file.ts';
import { cpuSeconds, heaps } from './bench/processes.ts';
import { sizes } from './bench/sizes.ts';
import { drags, floor, prepare, press, steps, type Way, ways } from './bench/steps.ts';
import type { TracedStep } from './bench/traced.ts';
import { locateChromium } from './harness/chromium.ts';
import { launch } from './harness/launch.ts';

const [, , events = '1000000', agents = '5000'] = argv;
const idleFor = 20_000;
const rounds = 3;

const say = (line: string): void => void stdout.write(`${line}\n`);
const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const spread = (samples: readonly number[]): string =>
  `p50 ${percentile(samples, 50).toFixed(1)} ms, p95 ${percentile(samples, 95).toFixed(1)} ms of ${samples.length}`;

async function main(): Promise<void> {
  const found = await locateChromium(env, false, say);
  if ('why' in found) throw new Error(found.why);
  for (const [kind, { min, gz, br }] of Object.entries(sizes(await bundlePage()))) {
    say(`${kind}: ${min} bytes, ${gz} with gzip, ${br} with brotli`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  try {
    const file = join(folder, 'history.ndjson');
    await writeHistory(file, Number(events), Number(agents));
    say(`a history of ${events} events, ${agents} agents is written`);
    await using ui = rollcall(['ui', '--file', file, '--port', '0', '--json']);
    const address = String((await ui.ready)['dashboard']);
    await rm(file);
    const browser = await launch(found.path);
    try {
      say(`${formatMachineInfo(thisMachine('none'))}, Chromium ${browser.version()}`);
      await measure(browser, address);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(browser: Browser, address: string): Promise<void> {
  const first: number[] = [];
  const logIn = new URL(`/?token=${uiToken}`, address).href;
  for (let n = 0; n < 10; n += 1) first.push(await firstSight(browser, address, logIn));
  say(`the fleet is seen after: ${spread(first)} (load ${loadNow()})`);

  const page = await browser.newPage();
  await page.request.get(logIn, { maxRedirects: 0 });
  await page.goto(`${address}#/fleet`);
  const read = performance.now();
  await page
    .locator('.transport')
    .getByText(/[\d,]{5,} transitions$/)
    .waitFor({ timeout: 240_000 });
  say(`all of the history is there after ${Math.round(performance.now() - read)} ms`);
  await page.locator('.strip input').fill('7000');
  await page.waitForTimeout(2000);
  await prepare(page);
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    await page.locator('.strip input').focus();
    for (const way of [floor, ...ways]) await told(browser, page, way);
    await press(page);
    for (const way of drags) await told(browser, page, way);
    await page.mouse.up();
  }
  for (const [of, bytes] of Object.entries(await heaps(browser)))
    say(`heap, ${of}: ${mega(bytes)}`);
  await page.keyboard.press('l');
  await page.waitForTimeout(3000);
  const before = await cpuSeconds(browser);
  await page.waitForTimeout(idleFor);
  const used = (await cpuSeconds(browser)) - before;
  say(
    `idle: ${((100_000 * used) / idleFor).toFixed(1)} % of a core, all of Chromium (load ${loadNow()})`,
  );
}

/** Runs a series of steps and prints the cost of a step. */
async function told(browser: Browser, page: Page, way: Way): Promise<void> {
  const all = await steps(browser, page, way, 100);
  const of = (part: keyof TracedStep) => spread(all.map((one) => one[part]));
  say(`${way.name} (load ${loadNow()})`);
  say(`  on the screen after ${of('seen')}`);
  say(`  the page's main thread: CPU ${of('work')}`);
  say(`  the same by the clock: ${of('busy')}`);
}

await main();

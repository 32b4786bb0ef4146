/** What the dashboard weighs and how fast it is: `npm run bench:dashboard [events] [agents]`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';
import type { Browser } from 'playwright-core';
import { loadNow, sayMachine, thisMachine } from '../../src/bench/machine.ts';
import { percentile } from '../../src/bench/statistics.ts';
import { bundlePage } from '../../src/dashboard/build/bundle.ts';
import { rollcall } from '../real/harness/processes.ts';
import { writeHistory } from './bench/history-file.ts';
import { cpuSeconds, heaps } from './bench/processes.ts';
import { sizes } from './bench/sizes.ts';
import { steps } from './bench/steps.ts';
import { locateChromium } from './harness/chromium.ts';
import { launch } from './harness/launch.ts';

const [, , events = '1000000', agents = '5000'] = argv;
const idleFor = 20_000;

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
      say(`${sayMachine(thisMachine('none'))}, Chromium ${browser.version()}`);
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
  for (let n = 0; n < 5; n += 1) {
    const page = await browser.newPage();
    const begun = performance.now();
    await page.goto(`${address}#/fleet`);
    await page.locator('.groups > *').first().waitFor({ timeout: 120_000 });
    first.push(performance.now() - begun);
    await page.context().close();
  }
  say(`the fleet is seen after: ${spread(first)} (load ${loadNow()})`);

  const page = await browser.newPage();
  await page.goto(`${address}#/fleet`);
  const read = performance.now();
  await page
    .locator('.transport')
    .getByText(/[\d,]{5,} transitions$/)
    .waitFor({ timeout: 240_000 });
  say(`all of the history is there after ${Math.round(performance.now() - read)} ms`);
  for (const by of [1, 37, 3001]) {
    const { said, painted } = await steps(page, by, 100);
    const way = `the scrubber, ${by / 100} % of the history each time`;
    say(`${way}: said ${spread(said)}; painted ${spread(painted)} (load ${loadNow()})`);
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

await main();

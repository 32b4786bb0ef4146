/** Whether a page that shows a live fleet grows: `npm run bench:dashboard-live -- --help`. */
import { env, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { formatMachineInfo, loadNow, thisMachine } from '../../../tools/bench/machine-info.ts';
import { scriptOptions } from '../../../tools/script-options.ts';
import { startTestServer } from '../../integration/harness/nats-server.ts';
import { rollcall, startScript, uiToken } from '../../integration/harness/processes.ts';
import { locateChromium } from '../harness/chromium.ts';
import { launch } from '../harness/launch.ts';
import { cpuSeconds, heaps } from './processes.ts';

const values = scriptOptions(
  `usage: npm run bench:dashboard-live -- [options]
keeps a page with a live fleet open, and prints what it keeps after a garbage collection, each minute
  --minutes M    (10)
  --agents N     of one process (2000)
  --restarts N   agents that leave and start again, in each minute (100)
  --screen NAME  of the page (fleet)`,
  {
    minutes: { type: 'string', default: '10' },
    agents: { type: 'string', default: '2000' },
    restarts: { type: 'string', default: '100' },
    screen: { type: 'string', default: 'fleet' },
  },
);

const say = (line: string): void => void stdout.write(`${line}\n`);
const progress = (line: string): void => void stderr.write(`${line}\n`);
const mega = (bytes = 0): string => `${(bytes / 1e6).toFixed(1)} MB`;
const agents = fileURLToPath(new URL('live-agents.ts', import.meta.url));

async function main(): Promise<void> {
  const found = await locateChromium(env, false, progress);
  if ('why' in found) throw new Error(found.why);
  const located = await locateNatsServer({
    ...{ named: env['ROLLCALL_NATS_SERVER'], path: env['PATH'], cacheDir: cacheDir(env) },
    progress,
  });
  env['ROLLCALL_NATS_SERVER'] = located.path;
  await using server = await startTestServer({ syncInterval: '2m' });
  const at = ['--servers', server.url];
  await using collector = rollcall(['collector', ...at, '--json'], { ROLLCALL_COLLECT: 'true' });
  await collector.ready;
  await using fleet = startScript(agents, [server.url, values.agents, values.restarts]);
  await fleet.ready;
  await using ui = rollcall(['ui', ...at, '--port', '0', '--json']);
  const address = String((await ui.ready)['dashboard']);
  const browser = await launch(found.path);
  try {
    say(`${formatMachineInfo(thisMachine('none'))}, Chromium ${browser.version()}`);
    await watch(browser, address);
  } finally {
    await browser.close();
  }
}

async function watch(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  await page.request.get(new URL(`/?token=${uiToken}`, address).href, { maxRedirects: 0 });
  await page.goto(`${address}#/${values.screen}`);
  await page
    .locator('.transport')
    .getByText(/\d transitions$/)
    .waitFor({ timeout: 120_000 });
  say('minute | page | worker | DOM nodes | listeners | events | CPU of all of Chromium | load');
  let before = await cpuSeconds(browser);
  for (let minute = 0; minute <= Number(values.minutes); minute += 1) {
    if (minute > 0) await page.waitForTimeout(60_000);
    const used = (await cpuSeconds(browser)) - before;
    const kept = await heaps(browser);
    const { nodes, listeners } = await countsOf(page);
    const share = minute === 0 ? '' : `${((100 * used) / 60).toFixed(1)} %`;
    const all = [mega(kept['page']), mega(kept['shared_worker']), nodes, listeners];
    say([minute, ...all, await newest(page), share, loadNow()].join(' | '));
    before = await cpuSeconds(browser);
  }
}

async function countsOf(page: Page): Promise<{ nodes: number; listeners: number }> {
  const cdp = await page.context().newCDPSession(page);
  const { nodes, jsEventListeners: listeners } = await cdp.send('Memory.getDOMCounters');
  await cdp.detach();
  return { nodes, listeners };
}

const newest = async (page: Page): Promise<string> =>
  /\/ ([\d,]+)/.exec((await page.locator('.transport .where').textContent()) ?? '')?.[1] ?? '';

await main();

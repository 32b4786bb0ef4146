import { mkdir, stat } from 'node:fs/promises';
import { env, exit, getuid, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { rollcall } from '../integration/harness/processes.ts';
import { locateChromium } from './harness/chromium.ts';
import { launch } from './harness/launch.ts';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
/** The limit keeps a clone small. */
const largest = 200_000;

/** A moment of the shipped sample with a failure in progress. */
const moment = 'at=seq:105';
const agent = 'agent/batch-1/worker';

const pictures = [
  { name: 'fleet-light', hash: `#/fleet?${moment}&size=L`, scheme: 'light' },
  { name: 'fleet-dark', hash: `#/fleet?${moment}&size=L`, scheme: 'dark' },
  { name: 'timeline', hash: '#/timeline', scheme: 'dark' },
  { name: 'machines', hash: `#/machines?machine=run&sel=${agent}&${moment}`, scheme: 'light' },
  { name: 'entity', hash: `#/entity?of=${agent}`, scheme: 'light' },
  { name: 'gc', hash: `#/gc?${moment}`, scheme: 'dark' },
] as const;

/** Regenerates docs/pictures from the shipped sample. */
async function main(): Promise<number> {
  const found = await locateChromium(env, getuid?.() === 0, (message) =>
    stderr.write(`${message}\n`),
  );
  if ('why' in found) {
    stderr.write(`${found.why}\n`);
    return 1;
  }
  await mkdir(folder, { recursive: true });
  // Without a token, the sample is open.
  const withoutToken = { ROLLCALL_UI_TOKEN: '' };
  await using ui = rollcall(['ui', '--sample', '--port', '0', '--json'], withoutToken);
  const address = String((await ui.ready)['dashboard']);
  const browser = await launch(found.path);
  let failed = 0;
  try {
    for (const { name, hash, scheme } of pictures) {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 800 },
        colorScheme: scheme,
      });
      await page.goto(address + hash);
      await page.locator('.transport').waitFor();
      await page.waitForTimeout(2000);
      await page.getByText('Drawing …').waitFor({ state: 'detached' });
      const path = `${folder}${name}.png`;
      await page.screenshot({ path });
      const { size } = await stat(path);
      if (size > largest) failed += 1;
      stdout.write(
        `${path}  ${Math.round(size / 1000)} kB${size > largest ? ': too large' : ''}\n`,
      );
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return failed === 0 ? 0 : 1;
}

exit(await main());

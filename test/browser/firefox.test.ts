import { expect, test } from 'vitest';
import { uiToken } from '../integration/harness/processes.ts';
import { withRecording } from './harness/dashboard.ts';
import { firefoxVersion, startFirefox } from './harness/firefox.ts';

const sample = withRecording();
const version = await firefoxVersion().catch(() => undefined);
const agent = 'agent/batch-1/worker';

/** What a screen shows once it is complete. */
const screens = {
  fleet: '.groups .cell',
  services: '.service',
  timeline: '.lane .bar',
  'timeline?at=seq:105&b=60': '.diff h3',
  [`machines?sel=${agent}&at=seq:105`]: '.chart svg [data-node]',
  'gc?at=seq:118': '.short',
  [`entity?of=${agent}`]: '.event',
  [`fleet?sel=${agent}&at=seq:105`]: '.drawer .why-text b',
};
/** A folder for pictures, to look at. */
const pictures = process.env['ROLLCALL_PICTURES'];

test('the main screens work in Firefox, on a laptop and on a phone, without errors', {
  timeout: 300_000,
}, async ({ skip }) => {
  if (version === undefined) return skip('no firefox-esr on the PATH');
  await using firefox = await startFirefox();
  await firefox.go(sample.at(`?token=${uiToken}`));
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await firefox.resize(width, height);
    for (const [hash, selector] of Object.entries(screens)) {
      await firefox.go(sample.at(`#/${hash}`));
      await firefox.until(`document.querySelector('${selector}')`);
      const sideways = 'document.documentElement.scrollWidth - innerWidth';
      expect(await firefox.evaluate<number>(sideways), `${hash} at ${width}`).toBeLessThan(2);
      const name = hash.replaceAll(/[^a-z]+/g, '-');
      if (pictures) await firefox.picture(`${pictures}/firefox-${width}-${name}.png`);
    }
  }
  // The keyboard: a filter, its first match, the drawer, and a moment in the past.
  await firefox.resize(1280, 800);
  await firefox.go(sample.at('#/fleet'));
  await firefox.until("document.querySelector('.groups .cell')");
  await firefox.press('/db-1\uE007');
  await firefox.until("document.activeElement.matches('.cell')");
  // Without a screen its window has no focus: keys arrive, but press no button.
  await firefox.evaluate('document.activeElement.click()');
  await firefox.until("document.querySelector('.drawer h2').textContent.includes('db-1/postgres')");
  await firefox.press('t40s ago\uE007');
  await firefox.until("document.querySelector('[data-testid=past]')");
  await firefox.press('l');
  await firefox.until("!document.querySelector('[data-testid=past]')");
  expect(firefox.wrong).toEqual([]);
});

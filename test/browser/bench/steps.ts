import type { Browser, Page } from 'playwright-core';
import { stepsOf, type TracedStep, traceCategories } from './traced.ts';

/** A way to move in time with real input. */
export interface Way {
  readonly name: string;
  /** Sends the n-th input. The caller waits until the page has changed. */
  input(page: Page, n: number): Promise<void>;
}

declare global {
  interface Window {
    /** Clears the previous result. */
    begin(): void;
    /** Resolves when the page shows another moment, or the floor another number. */
    changed(): Promise<void>;
  }
}

/** A position in the slider, as a part of its width. */
const begin = 0.7;
const within = 0.5;

async function pointAt(page: Page, part: number): Promise<void> {
  const box = await page.locator('.strip input').boundingBox();
  if (!box) throw new Error('there is no scrubber');
  await page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
}

/** Focuses the slider. */
export async function press(page: Page): Promise<void> {
  await pointAt(page, begin);
  await page.mouse.down();
  await page.waitForTimeout(500);
}

/** A mouse drag over the slider, back by a part of its width each time. */
const drag = (name: string, by: number): Way => ({
  name,
  input: (page, n) => pointAt(page, begin - (((n + 1) * by) % within)),
});

/** The minimum for a browser: a key, a changed text, a frame. */
export const floor: Way = { name: 'nothing', input: (page) => page.keyboard.press('F9') };

export const ways: readonly Way[] = [
  { name: 'to the transition before (key ,)', input: (page) => page.keyboard.press(',') },
  { name: 'to the transition after (key .)', input: (page) => page.keyboard.press('.') },
  {
    name: 'the scrubber by a notch, 0.01 % of the history (arrow key)',
    input: (page) => page.keyboard.press('ArrowLeft'),
  },
];

export const drags: readonly Way[] = [
  drag('a drag by 0.4 % of the strip', 0.004),
  drag('a drag by 30 % of the strip', 0.3),
];

/** Marks inputs and page changes in the trace, and creates the floor page. */
export async function prepare(page: Page): Promise<void> {
  await page.evaluate(() => {
    const where = document.querySelector('.transport .where');
    if (!where) throw new Error('there is no scrubber');
    const line = document.body.appendChild(document.createElement('i'));
    line.style.cssText = 'position:fixed;top:0;left:0;contain:strict;width:20px;height:20px';
    line.textContent = '0';
    let said = Promise.withResolvers<void>();
    window.begin = () => {
      said = Promise.withResolvers<void>();
    };
    window.changed = () => said.promise;
    const begun = ({ timeStamp }: Event) => performance.mark('begun', { startTime: timeStamp });
    addEventListener('keydown', begun, true);
    addEventListener('pointermove', (event) => event.buttons > 0 && begun(event), true);
    addEventListener('keydown', ({ key }) => {
      if (key === 'F9') line.textContent = String(Number(line.textContent) + 1);
    });
    const observer = new MutationObserver(() => {
      performance.mark('said');
      said.resolve();
    });
    for (const one of [where, line])
      observer.observe(one, { subtree: true, characterData: true, childList: true });
  });
}

/** Repeats a step, each time from rest and at a random phase of the screen refresh. */
export async function steps(
  browser: Browser,
  page: Page,
  way: Way,
  count: number,
): Promise<TracedStep[]> {
  await browser.startTracing(page, { categories: traceCategories });
  for (let n = 0; n < count; n += 1) {
    await page.evaluate(() => window.begin());
    await way.input(page, n);
    await page.evaluate(() => window.changed());
    await page.waitForTimeout(60 + ((n * 0.618) % 1) * 17);
  }
  return stepsOf(await browser.stopTracing());
}

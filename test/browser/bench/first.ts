import type { Browser } from 'playwright-core';

declare global {
  interface Window {
    fleetSeen: Promise<number>;
  }
}

/**
 * How long a browser that was never here takes from the address to the frame with the fleet, in ms, by
 * the page's own clock: who asks from outside would take the time that it measures.
 */
export async function firstSight(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.fleetSeen = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (!document.querySelector('.groups > *')) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        });
        observer.observe(document, { subtree: true, childList: true });
      });
    });
    await page.goto(`${address}#/fleet`);
    return await page.evaluate(() => window.fleetSeen);
  } finally {
    await context.close();
  }
}

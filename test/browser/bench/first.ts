import type { Browser } from 'playwright-core';

declare global {
  interface Window {
    fleetSeen: Promise<number>;
  }
}

/**
 * The time from the address to the frame with the fleet in a fresh browser profile, in ms, by the page's clock.
 * A measurement from outside would slow down what it measures.
 */
export async function firstSight(
  browser: Browser,
  address: string,
  logIn: string,
): Promise<number> {
  const context = await browser.newContext();
  try {
    await context.request.get(logIn, { maxRedirects: 0 });
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

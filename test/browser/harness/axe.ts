import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The problems that axe-core rates serious or critical, with their elements. */
export async function serious(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 5).map(({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message}`),
    );
}

/** The same for the current view, in light and in dark. */
export async function seriousInBoth(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await serious(page)).map((one) => `${colorScheme}: ${one}`));
  }
  return found;
}

import { env, getuid, stderr } from 'node:process';
import type { TestProject } from 'vitest/node';
import { locateChromium } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of Chromium, or the reason why there is none. */
    chromium: { readonly path: string } | { readonly why: string };
  }
}

/**
 * Finds Chromium once for all browser tests. Without Chromium each test is skipped with the reason. With
 * `ROLLCALL_BROWSER=demanded`, as in CI, the run fails instead.
 */
export async function setup(project: TestProject): Promise<void> {
  const chromium = await locateChromium(env, getuid?.() === 0, (message) => {
    stderr.write(`chromium: ${message}\n`);
  });
  if ('why' in chromium && env['ROLLCALL_BROWSER'] === 'demanded') {
    throw new Error(`the browser tests are demanded here: ${chromium.why}`);
  }
  project.provide('chromium', chromium);
}

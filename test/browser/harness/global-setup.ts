import { env, getuid, stderr } from 'node:process';
import type { TestProject } from 'vitest/node';
import { locateChromium } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Chromium is, or why there is none. */
    chromium: { readonly path: string } | { readonly why: string };
  }
}

/**
 * Finds Chromium once for all browser tests. Without one they are skipped, each with the reason, unless
 * `ROLLCALL_BROWSER=demanded` (which CI says): then nothing runs, and that is a failure.
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

import { defineConfig } from 'vitest/config';
import { reportSkips } from './test/house/skips.ts';

/** Where `.ci/run` wants the results as JSON, to count what passed, failed and was skipped. */
const json = process.env['VITEST_JSON'];

/**
 * A file may start a nats-server of its own, and mostly waits for time to pass; more than three at once
 * starve each other's leases.
 */
const withServers = {
  globalSetup: ['test/real/harness/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 3,
};

/** What of the real tests `npm test` runs in five minutes with all the others; the rest is `test:long`. */
const soon = 'test/real/{embedded,harness,promises}';

export default defineConfig({
  test: {
    allowOnly: false,
    reporters: [
      'default',
      reportSkips(),
      ...(json ? [['json', { outputFile: json }] as ['json', { outputFile: string }]] : []),
    ],
    // One project after the other: tests that measure time do not share the machine with the rest.
    projects: [
      {
        test: {
          name: 'unit',
          // Whatever is not claimed below, so that no test file is ever left out.
          include: ['test/**/*.test.ts'],
          exclude: ['test/{browser,contract,model,real,sim}/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'model',
          include: ['test/model/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'real',
          include: [`${soon}/**/*.test.ts`],
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'long',
          include: ['test/real/**/*.test.ts'],
          exclude: [`${soon}/**`],
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'browser',
          globalSetup: [...withServers.globalSetup, 'test/browser/harness/global-setup.ts'],
          include: ['test/browser/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});

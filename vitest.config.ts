import { defineConfig } from 'vitest/config';
import { reportSkips } from './test/conventions/skipped-tests.ts';

/** Where `.ci/run` wants the results as JSON, to count what passed, failed and was skipped. */
const json = process.env['VITEST_JSON'];

/** What only computes: one for each core, where one less is the default. */
const computing = '100%';

/**
 * A file may start a nats-server of its own, and mostly waits for time to pass; more than three at once
 * starve each other's leases.
 */
const withServers = {
  globalSetup: ['test/integration/harness/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 3,
};

/** Their tests also use programs of other projects, which are fetched if they are not installed. */
const withPrograms = {
  ...withServers,
  globalSetup: [...withServers.globalSetup, 'test/integration/harness/programs-setup.ts'],
};

const withBrowser = {
  ...withServers,
  globalSetup: [...withServers.globalSetup, 'test/browser/harness/global-setup.ts'],
};

/**
 * What of the tests with servers `npm test` runs, in five minutes with all the others: what is promised,
 * and the contract on one server. The rest is `test:long`.
 */
const soon = ['test/integration/guarantees/*.test.ts'];
/**
 * What takes a quarter of a minute and more, while its essence is shown by a shorter test too: `test:night`.
 * A machine of two cores has 20 minutes for everything else.
 */
const night = [
  'test/integration/cli/{contexts,drains,dry-runs,tutorial}.test.ts',
  'test/integration/access/{attacks-cluster,attacks-operator-mode,attacks-operator-mode-cluster,commands,early-login,encrypted-routes,flood,granted-rights,interrupted-changes,js-domain,namespace-drop,odd-subjects,operator-folder,promises,refused-commands}.test.ts',
  'test/integration/audit/{limit-command,random-history,retention,rewritten-history,tampering,three-servers}.test.ts',
  'test/integration/chaos/chaos.test.ts',
  'test/integration/completion/*.test.ts',
  'test/integration/cli/agent/{daemon-output,docker,docker-how-to,local-api-docs,taken-ports}.test.ts',
  'test/integration/cli/audit/{anchors,audit-file,audit-history,audit-replay,tail-outage}.test.ts',
  'test/integration/cli/{demo/demo-stopped,gc-remove,holds-and-plans,lost,up-secure,unreachable}.test.ts',
  'test/integration/deploy/!(alerts|systemd-units).test.ts',
  'test/integration/disasters/*.test.ts',
  'test/integration/fleet/{fleet,leader,power-cut}.test.ts',
  'test/integration/foreign/{conform,example-agent}.test.ts',
  'test/integration/guarantees/{all-agents-stopped,clock-ahead,clock-steps,collector-frozen,foreign-records}.test.ts',
  'test/integration/nats/{blind-collector,cluster-harness,closed-connections,closed-connections-cluster}.test.ts',
  'test/integration/nats/{flow-control,refused-commits,refused-pings,refused-rights,three-servers,watches/watch-restored}.test.ts',
  'test/integration/restores/{backup,gap-keyframe,lock-rights,lost-replies,lost-server,restored-while-running,restores}.test.ts',
  'test/integration/runbooks/*.test.ts',
  'test/integration/services/!(consumers|failures|*-options).test.ts',
  'test/integration/surroundings/*.test.ts',
  'test/integration/upgrade/*.test.ts',
  'test/integration/library/{examples,own-connection,register-self}.test.ts',
  'test/contract/nats-{three-servers,own-connection}.test.ts',
];
const nightBrowser = [
  'test/browser/{accessibility,chart-overlays,clock-skew,connection-states,shared-worker}.test.ts',
  'test/browser/{firefox,forbidden-actions,layout,login,page-and-ps,why}.test.ts',
  'test/browser/screens/{gaps,outages,retention}.test.ts',
  'test/browser/tasks/*.test.ts',
];
/**
 * Unit tests of several seconds each, left out by `npm run test:quick`: they install the package, lint a
 * file for each import rule, run mutants, lay out every chart, simulate a fleet for hours, or read random
 * input for long.
 */
const slow = [
  'test/conventions/{package,imports}.test.ts',
  'test/mutation/mutants.test.ts',
  'test/adapters/chart-rendering/{elk-layout,png}.test.ts',
  'test/charts/{documented,svg/svg}.test.ts',
  'test/cli/charts/select-charts.test.ts',
  'test/conventions/docs/library-docs.test.ts',
  'test/adapters/nats/read/deliveries.test.ts',
  'test/runtime/agent/{lost-replies,adopt-in-batches}.test.ts',
  'test/runtime/audit/{fold,verify,verify-changed-events,verify-forged-events,verify-tampering}.test.ts',
  'test/runtime/collector/{blind-collector,collectors}.test.ts',
  'test/dashboard/{web/state/cursor,server/routes/event-stream}.test.ts',
  'test/fuzz/**',
];
const isQuick = process.env['QUICK'] !== undefined;
const nightContract = ['test/contract/nats-{three-servers,own-connection}.test.ts'];

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
          exclude: ['test/{browser,contract,model,integration,sim}/**', ...(isQuick ? slow : [])],
          // What imports a whole program or has chance decide takes seconds where others use the cores.
          testTimeout: 30_000,
          setupFiles: ['test/arbitrary/property-limits.ts'],
          // Two hundred files that each load the whole core anew take longer than their tests.
          isolate: false,
          maxWorkers: computing,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'model',
          include: ['test/model/**/*.test.ts'],
          // One file that computes, beside those that mostly wait.
          maxWorkers: withServers.maxWorkers,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          maxWorkers: computing,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          exclude: nightContract,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'real',
          include: soon,
          exclude: night,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...withPrograms,
          name: 'long',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...soon, ...night],
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...withPrograms,
          name: 'night',
          include: night,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          ...withBrowser,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: nightBrowser,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          ...withBrowser,
          name: 'night-browser',
          include: nightBrowser,
          maxWorkers: 2,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
});

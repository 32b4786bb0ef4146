import { describe } from 'vitest';
import { auditContract } from './audit.ts';
import { chartContract } from './charts.ts';
import { commitContract } from './commit.ts';
import { compareAndSetContract } from './compare-and-set.ts';
import { departureContract } from './disconnects.ts';
import { fenceContract } from './fences.ts';
import { keyframeContract } from './keyframes.ts';
import { leaseContract } from './leases.ts';
import { listContract } from './lists.ts';
import { lossContract } from './losses.ts';
import { probeContract } from './run-messaging.ts';
import { serverTimeContract } from './server-time.ts';
import { nameContract } from './support/names.ts';
import { historyContract } from './support/random-histories.ts';
import type { Effort, Open } from './support/store-under-test.ts';
import { watchContract } from './watches.ts';

/**
 * The contract of every implementation of the store: the docstrings of `src/ports` as
 * tests. `open` gives each test a store of its own.
 */
export function contract(name: string, open: Open, effort: Effort): void {
  describe(name, () => {
    compareAndSetContract(open);
    commitContract(open);
    fenceContract(open);
    listContract(open);
    watchContract(open);
    leaseContract(open);
    nameContract(open);
    auditContract(open);
    keyframeContract(open);
    chartContract(open);
    probeContract(open);
    departureContract(open);
    serverTimeContract(open);
    lossContract(open, effort);
    historyContract(open, effort);
  });
}

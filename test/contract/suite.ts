import { describe } from 'vitest';
import { auditContract } from './audit.ts';
import { chartContract } from './charts.ts';
import { commitContract } from './commit.ts';
import { compareAndSetContract } from './compare-and-set.ts';
import { departureContract } from './departures.ts';
import { fenceContract } from './fences.ts';
import { historyContract } from './histories.ts';
import { keyframeContract } from './keyframes.ts';
import { leaseContract } from './leases.ts';
import { listContract } from './lists.ts';
import { nameContract } from './names.ts';
import { probeContract } from './probe.ts';
import type { Effort, Open } from './subject.ts';
import { watchContract } from './watches.ts';

/**
 * What every store promises to the core, whatever it is made of: the docstrings of `src/ports` as
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
    historyContract(open, effort);
  });
}

import { mendLines } from '../faults/lines.ts';
import { allowWatches } from '../faults/store.ts';
import type { Simulated } from '../simulation-result.ts';

/** Ends all faults: from here on there are none. */
export async function endTheWar(sim: Simulated): Promise<void> {
  const { roster } = sim;
  // First of all: a process that thaws and reaches an awaited moment would freeze in the liveness phase.
  for (const process of roster.processes()) {
    process.at = () => {};
    process.beforeCommit = undefined;
  }
  sim.doAllThatIsDue();
  await sim.fleet.clock.settle();
  mendLines(sim);
  allowWatches(sim);
  for (const process of roster.processes()) {
    process.mute = false;
    process.view.open();
    process.sight.open();
    process.thaw();
  }
  if (roster.livingCollectors().length === 0) {
    roster.startCollector(roster.collectorNames[0] ?? 'c1');
  }
  sim.operators.goHome();
}

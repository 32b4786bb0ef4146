import { mendLines } from '../faults/lines.ts';
import type { Simulated } from '../simulation-result.ts';

/** From here on nothing goes wrong any more. */
export async function endTheWar(sim: Simulated): Promise<void> {
  const { roster } = sim;
  // First: whoever thaws now and meets a moment that was waited for would freeze into the peace.
  for (const process of roster.processes()) {
    process.at = () => {};
    process.beforeCommit = undefined;
  }
  sim.doAllThatIsDue();
  await sim.fleet.clock.settle();
  mendLines(sim);
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

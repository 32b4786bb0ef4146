import { RunId } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { FleetInMemory, slotAt, specOf } from './fleet-in-memory.ts';

/** A collector that makes a keyframe after this many events. */
export function keepingCollector(fleet: FleetInMemory, keyframeEvery: number, name = 'keeper') {
  const process = fleet.process(name);
  const me = { ...slotAt(`${name}/collector`), run: RunId.parse(`${name}000000`) };
  const { lease } = fleet;
  const collector = new Collector(me, { lease, keyframeEvery, onTransition() {} }, process.ports);
  return { process, collector };
}

/**
 * A fleet in which one of everything has happened, and of which a collector has kept two keyframes:
 * runs that started, were superseded, left, died and were collected; instances that were adopted,
 * failed, changed, were removed and registered again.
 */
export async function eventfulFleet(): Promise<FleetInMemory> {
  const fleet = new FleetInMemory();
  keepingCollector(fleet, 30);
  const predecessor = fleet.agent('h1/a', ['web/1', 'web/2', 'old/1'], { sees: true });
  const dies = fleet.agent('h2/a', ['web/3', 'db/1']);
  const leaves = fleet.agent('h3/a', ['web/4']);
  await fleet.advance(seconds(2));
  await fleet.kill(predecessor.process);
  const { agent } = fleet.agent('h1/a', ['web/1', 'web/2'], { sees: true });
  await fleet.advance(seconds(2));
  agent.report(specOf('web/2'), { state: 'failing', detail: 'refused' });
  await fleet.advance(seconds(1));
  agent.report(specOf('web/2'), { state: 'serving' });
  agent.replace([{ ...specOf('web/2'), port: 8080 }].map((spec) => spec));
  await fleet.advance(seconds(1));
  agent.replace(['web/1', 'web/2'].map(specOf));
  await leaves.agent.stop();
  await fleet.advance(minutes(1));
  await fleet.kill(dies.process);
  await fleet.advance(minutes(2));
  return fleet;
}

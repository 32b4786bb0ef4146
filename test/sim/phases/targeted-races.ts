import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Moment } from '../../runtime/support/surroundings.ts';
import type { Simulated } from '../simulation-result.ts';

/** Acts when this process reaches that moment for the n-th time. */
export function atMoment(
  sim: Simulated,
  whom: string | undefined,
  moment: Moment,
  nth: number,
  act: () => unknown,
): void {
  const process = sim.roster.processOf(whom);
  if (!process) return;
  let left = nth;
  process.at = async (now) => {
    if (now !== moment) return;
    left -= 1;
    if (left !== 0) return;
    sim.note(`${process.name}: ${moment}`);
    await act();
  };
}

/** Changes the record that the n-th write of a collector is about, right before the write arrives. */
export function meanwhile(
  sim: Simulated,
  whom: string | undefined,
  how: string,
  nth: number,
  lasts: Millis,
): void {
  const process = sim.roster.processOf(whom);
  if (!process) return;
  let left = nth;
  process.beforeCommit = async ({ writes }) => {
    const [, place] = writes.flatMap(
      ({ key }) => /^(?:agent|instance)\.(\w+\.\w+)/.exec(key) ?? [],
    );
    if (place === undefined) return;
    left -= 1;
    if (left > 0) return;
    process.beforeCommit = undefined;
    const slot = place.replace('.', '/');
    sim.note(`${process.name} is about to write of ${slot}: ${how}`);
    if (how === 'held') sim.operators.hold(slot, lasts > 100, 4 * sim.shape.lease.ttl);
    if (how === 'back') revive(sim, slot);
    if (how === 'restarted') {
      await sim.roster.kill(slot);
      sim.roster.start(slot);
    }
    if (how === 'changed') sim.roster.wantOneMore(slot);
    await sim.fleet.clock.sleep(lasts);
  };
}

/** Ends every fault that keeps the process from being observed. */
function revive({ roster }: Simulated, place: string): void {
  const process = roster.agentAt(place)?.process;
  if (!process) return;
  process.thaw();
  process.mute = false;
  process.line.down = false;
}

/** Freezes the process now and thaws it `by` ms after its end is near. */
export function backAtTheLast(sim: Simulated, place: string, how: string, by: Millis): void {
  const one = sim.roster.agentAt(place);
  if (!one) return;
  const { process, agent } = one;
  const { run } = agent;
  process.freeze();
  const thaw = (after: Millis) => sim.later(Math.max(0, after), () => process.thaw());
  if (how === 'lapse') {
    const lapsesAt = sim.fleet.world.leases.last(leaseKey({ ...agent.slot, run }))?.lapsesAt;
    thaw((lapsesAt ?? sim.now) - sim.now + by);
    return;
  }
  const type = how === 'expired' ? 'expired' : 'suspected';
  const after = how === 'grace-over' ? sim.shape.lease.grace + by : by;
  sim.awaited.on(run, type, () => thaw(after));
}

import { seconds } from '../../../src/domain/time.ts';
import { anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import type { Simulated } from '../simulation-result.ts';

/**
 * Streams were deleted and created again: the registry, the audit, or all of them with the disk of the
 * server. No request is answered until they are there again. One agent is restarted meanwhile, or not.
 */
export const madeAnew: Fault = {
  what: 'made-anew',
  weight: 1,
  draw: (dice, shape) => ({
    whom: anAgent(dice, shape),
    how: dice.pick(['registry', 'registry', 'audit', 'audit', 'all']),
    times: dice.whole(0, 1),
    lasts: Math.round(dice.logarithmic(10, 20_000)),
  }),
  happen: async (sim, { whom = '', how, times, lasts = 0 }) => {
    const { leader, world, audit } = sim.fleet;
    sim.roster.startIfFree(whom);
    await sim.advance(seconds(3));
    sim.roster.wantOneMore(whom);
    await sim.advance(seconds(3));
    leader.close();
    audit.underWay = Math.max(audit.underWay, lasts + seconds(3));
    if (times === 1) await sim.roster.kill(whom);
    await sim.advance(lasts);
    audit.look();
    if (how === 'registry') makeRegistryAnew(sim);
    else if (how === 'audit') makeAuditAnew(sim);
    else {
      world.makeAllAnew();
      sim.lost = 'all';
    }
    // Also what other programs had written is gone with the registry.
    if (how !== 'audit') sim.byHand.clear();
    leader.open();
    sim.servesSince = sim.now;
    sim.roster.startIfFree(whom);
    sim.roster.wantOneMore(whom);
    if (sim.lost === 'audit-made-anew' && times === 1) sim.operators.repair();
  },
};

/** Records are gone. Agents write theirs again, and the audit still has the events of before. */
function makeRegistryAnew(sim: Simulated): void {
  const { world } = sim.fleet;
  if (world.audit.end.origin > 0) sim.lost = 'registry-made-anew';
  world.makeRegistryAnew();
}

/** Events that had left the outbox are gone for good. */
function makeAuditAnew(sim: Simulated): void {
  const { world, audit } = sim.fleet;
  const before = world.audit.end.seq;
  world.audit.makeAnew();
  const isLost = world.audit.end.seq < before;
  if (isLost) sim.lost = 'audit-made-anew';
  sim.keptFrom = isLost ? audit.events.length : 0;
}

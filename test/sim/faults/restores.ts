import { lossesOf } from '../../../src/adapters/memory/server/store-history.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { seconds } from '../../../src/domain/time.ts';
import { anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import type { Simulated } from '../simulation-result.ts';

/**
 * The store forgets its last writes: an older copy of the registry is put back, and the audit is kept. An
 * agent was restarted and got another instance in between, so terms and tokens of the lost part are known.
 *
 * From then on the history has two versions of that part, so only some checkers look on
 * ({@link Checker.survivesLoss}).
 */
export const restores: readonly [Fault, ...Fault[]] = [
  {
    what: 'registry-restored',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['restarted', 'grown', 'idle']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 3)),
    }),
    happen: async (sim, { whom = '', how, lasts = 0 }) => {
      const { world, audit } = sim.fleet;
      const copy = world.registry.copy();
      if (how === 'restarted') await sim.roster.kill(whom);
      if (how !== 'idle') sim.roster.startIfFree(whom);
      await sim.advance(seconds(3));
      if (how === 'grown') sim.roster.wantOneMore(whom);
      await sim.advance(lasts);
      const isLost = world.audit.end.origin > copy.seq;
      world.registry.restore(copy);
      // As after a restore while the servers run.
      if (lasts % 2 === 0) world.audit.copyAgain();
      audit.look();
      sim.lost = isLost ? 'registry-lost-tail' : undefined;
      sim.served();
      if (how !== 'restarted') return;
      // The next term of this slot must be higher than the one that the store has forgotten.
      await sim.roster.kill(whom);
      sim.roster.startIfFree(whom);
    },
  },
];

/** Older copies of the other two streams. Unlike the registry, neither changes what the records say. */
export const otherRestores: readonly [Fault, ...Fault[]] = [
  {
    what: 'leases-restored',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['restarted', 'idle']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 2)),
    }),
    happen: async (sim, { whom = '', how, lasts = 0 }) => {
      const { leases } = sim.fleet.world;
      const copy = leases.copy();
      if (how === 'restarted') {
        await sim.roster.kill(whom);
        sim.roster.startIfFree(whom);
      }
      await sim.advance(lasts);
      leases.restore(copy);
      sim.leasesRestoredAt = sim.now;
    },
  },
  {
    // Events that had left the outbox are gone for good.
    what: 'audit-restored',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['accepted', 'left']),
      lasts: Math.round(dice.logarithmic(100, 60_000)),
    }),
    happen: async (sim, { whom = '', how, lasts = 0 }) => {
      const { world, audit } = sim.fleet;
      const copy = world.audit.copy();
      sim.roster.startIfFree(whom);
      await sim.advance(seconds(1));
      sim.roster.wantOneMore(whom);
      await sim.advance(lasts);
      const before = world.audit.end.seq;
      world.audit.restore(copy);
      const isLost = world.audit.end.seq < before;
      if (isLost) sim.lost = 'audit-lost-tail';
      sim.keptFrom = isLost ? audit.events.length : 0;
      sim.roster.wantOneMore(whom);
      if (isLost && how === 'accepted') sim.operators.repair();
    },
  },
];

/**
 * Registry and audit from different moments: both are older copies, and that of the registry is the older one.
 * What neither has is known only to processes that live on; still no number is given twice.
 */
export const bothRestored: Fault = {
  what: 'both-restored',
  weight: 1,
  draw: (dice, shape) => ({
    whom: anAgent(dice, shape),
    how: dice.pick(['restarted', 'grown']),
    lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 2)),
  }),
  happen: async (sim, { whom = '', how, lasts = 0 }) => {
    const { world, audit } = sim.fleet;
    const registry = world.registry.copy();
    await sim.roster.kill(whom);
    sim.roster.startIfFree(whom);
    await sim.advance(lasts);
    const events = world.audit.copy();
    if (how === 'restarted') {
      await sim.roster.kill(whom);
      sim.roster.startIfFree(whom);
    }
    sim.roster.wantOneMore(whom);
    await sim.advance(seconds(3));
    const isLost = events.copied.origin > registry.seq;
    world.registry.restore(registry);
    world.audit.restore(events);
    audit.look();
    sim.lost = isLost ? 'registry-lost-tail' : undefined;
    sim.served();
  },
};

/** Events written after a loss of the audit that it does not have: nothing more may be lost. */
export function lostLater({ keptFrom, fleet: { world, audit } }: Simulated): readonly string[] {
  if (keptFrom === 0) return [];
  const copied = new Set(world.audit.from(0).map(({ subject }) => subject));
  return audit.events
    .slice(keptFrom)
    .map(({ of, n }) => eventSubject(of, n))
    .filter((subject) => !copied.has(subject))
    .map((subject) => `the audit lacks ${subject}, written after its loss`);
}

/** A loss that neither the store remembers nor an event of the history records. */
export function unnamedLoss({ lost, fleet: { world, audit } }: Simulated): readonly string[] {
  if (lost === undefined || lost === 'all') return [];
  const isNamed =
    lossesOf(world).some(({ kind }) => kind === lost) ||
    audit.events.some(({ of }) => of.entity === 'store');
  return isNamed ? [] : [`${lost} is named nowhere`];
}

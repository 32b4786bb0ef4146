import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { agentKey, holdKey, leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import { readAgent } from '../../../src/domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import { takeoverDelay } from '../../../src/runtime/collector/seat-priority.ts';
import { lateness } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';
import { Ability } from './ability.ts';
import type { Checker } from './checks.ts';

/**
 * Under faults too, a run that does not renew its lease becomes suspect in time, if one collector could
 * judge for that long: it had a seat and its sight, and nothing disturbed it.
 */
export const silenceNoticed: Checker = {
  guarantee: 'a silent run is suspect in time',
  of: (sim, complain) => {
    const ability = new Ability(sim);
    /** By agent: when its suspicion was last cleared, which a run may do with a commit that was late. */
    const clearedAt = new Map<string, MonotonicTime>();
    return {
      onWritten: ({ at, records }) => {
        for (const { key, revision, text, before } of records) {
          if (!key.startsWith('agent.')) continue;
          const was = readAgent({ key, ...before });
          const is = readAgent({ key, revision, text });
          if (was.kind !== 'stored' || was.record.suspect === undefined) continue;
          if (is.kind !== 'stored' || is.record.suspect === undefined) clearedAt.set(key, at);
        }
      },
      onLook: () => {
        ability.look();
        const able = sim.roster.livingCollectors().flatMap((one) => ability.since(one) ?? []);
        if (able.length === 0 || sim.fleet.leader.shut) return;
        // An older copy of the leases has older renewals than the ones that were seen.
        const ableSince = Math.max(Math.min(...able), sim.leasesRestoredAt);
        for (const place of sim.roster.places) {
          const read = sim.fleet.record(place);
          if (read.kind !== 'stored' || sim.byHand.has(agentKey(read.record))) continue;
          const since = Math.max(silentSince(read.record, sim), ableSince);
          const over = since + silenceOf(read.record, sim);
          const known = Math.max(over, clearedAt.get(agentKey(read.record)) ?? over);
          if (sim.now <= known + patience(sim)) continue;
          complain(`${read.record.run} was silent for ${sim.now - since} ms, and is not suspect`);
        }
      },
    };
  },
};

/** When a run last renewed its lease; infinity if its silence is known or planned. */
function silentSince(record: AgentRecord, { fleet: { world } }: Simulated): MonotonicTime {
  const isHeld = [holdKey(record.host), holdKey(record.host, record.agent)].some(
    (key) => world.registry.last(recordSubject(key))?.text !== undefined,
  );
  const isKnown = record.suspect !== undefined || record.phase === 'expired' || isHeld;
  const key = leaseKey(record);
  if (isKnown) return Number.POSITIVE_INFINITY;
  return world.leases.writtenAt(key) ?? Number.POSITIVE_INFINITY;
}

/**
 * How long a run may be silent. A lease that stands though nobody renews it, because the server's clock was
 * set back, counts for a second ttl.
 */
function silenceOf(record: AgentRecord, { shape, fleet: { world } }: Simulated): Millis {
  const ttls = world.leases.last(leaseKey(record)) === undefined ? 1 : 2;
  return ttls * shape.lease.ttl * (1 + 2 * shape.drift);
}

/** The first collector in the ranking of a run may have been disturbed: the others wait for it. */
const patience = ({ shape }: Simulated): Millis =>
  seconds(1) + 4 * lateness(shape) + 3 * takeoverDelay;

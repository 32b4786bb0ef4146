import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InstanceRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { selectUsable } from '../../../src/domain/fleet/pick.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../support/sample-records.ts';

describe('the instances that a consumer gets from records', () => {
  /** `web/w` under each of these hosts, registered at this revision by a run in this state. */
  const claimant = fc.record({
    host: fc.constantFrom('h1', 'h2', 'h3'),
    owner: fc.constantFrom(
      ...(['live', 'suspect', 'expired', 'absent', 'unreadable'] as const),
      // A newer run has the slot: it may still adopt the instance, has not done so, or expired before.
      ...(['registering', 'announced', 'expired early'] as const),
    ),
    state: fc.constantFrom('serving', 'failing', 'draining'),
  });
  const claimants = fc.uniqueArray(claimant, { selector: ({ host }) => host });

  type Claimant = typeof claimant extends fc.Arbitrary<infer T> ? T : never;
  const joined = (all: readonly Claimant[], observed: boolean): InstanceRow[] => {
    const fleet = new Fleet();
    for (const [n, { host, owner, state }] of all.entries()) {
      const target = `${host}/a`;
      const instance = instanceRecord(target, 'run1', 'web/w', { state });
      fleet.apply([instanceEntry(n + 1, instance)], n + 1);
      if (owner === 'absent') continue;
      const suspect = { reason: 'silent' as const, since: 7 };
      const isNewer = owner === 'registering' || owner === 'announced' || owner === 'expired early';
      const agent = agentRecord(target, isNewer ? 'run2' : 'run1', {
        ...((owner === 'suspect' || owner === 'expired') && { suspect }),
        ...((owner === 'expired' || owner === 'expired early') && { phase: 'expired' }),
        ...(owner === 'registering' && { phase: 'registering' }),
      });
      const entry = agentEntry(n + 1, agent);
      fleet.apply([owner === 'unreadable' ? { ...entry, text: '{}' } : entry], n + 1);
    }
    return [...fleet.slots()].flatMap((slot) =>
      [...slot.instances.values()].flatMap((stored) =>
        stored.kind === 'stored' ? [toInstanceRow(stored, slot, fleet, observed)] : [],
      ),
    );
  };

  test('include one registration of a name, never one whose owner is over instead of one that counts', () => {
    fc.assert(
      fc.property(claimants, fc.boolean(), (all, observed) => {
        const rows = joined(all, observed);
        const picked = selectUsable(rows, 'any');
        const isThere = all.some(({ owner }) => owner !== 'announced');
        expect(picked).toHaveLength(isThere ? 1 : 0);
        const live = rows.filter((row) => row.state === 'live');
        expect(live.length).toBeLessThanOrEqual(1);
        if (live.length > 0) expect(picked).toEqual(live);
      }),
    );
  });

  test('stay the same when their owners fall silent (G9, G11)', () => {
    fc.assert(
      fc.property(claimants, fc.constantFrom('prefer-live', 'any'), (all, policy) => {
        const silent = all.map((one) =>
          one.owner === 'live' ? { ...one, owner: 'suspect' as const } : one,
        );
        const before = selectUsable(joined(all, true), policy);
        if (before.every(({ state }) => state === 'dubious')) return;
        const after = selectUsable(joined(silent, true), policy);
        expect(after.map(({ host }) => host)).toEqual(before.map(({ host }) => host));
      }),
      {
        examples: [
          [
            [
              { host: 'h1', owner: 'live', state: 'serving' },
              { host: 'h2', owner: 'expired', state: 'draining' },
            ],
            'prefer-live',
          ],
        ],
      },
    );
  });
});

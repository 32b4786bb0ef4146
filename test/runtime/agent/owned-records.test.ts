import { expect, test } from 'vitest';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { OwnedRecords } from '../../../src/runtime/agent/owned-records.ts';
import {
  registerInstance,
  removeInstance,
} from '../../../src/runtime/transitions/instance-changes.ts';
import { signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';

test.each(['committed', 'unknown'] as const)(
  'a run goes on numbering the events of an instance whose removal was %s during a check of the store (G8)',
  async (answer) => {
    const { ports } = new FleetInMemory().process('h1');
    const self = { ...slotAt('h1/a'), run: ports.entropy.runId() };
    let isRemoval = false;
    const registry: typeof ports.registry = {
      ...ports.registry,
      commit: async (commit) => {
        const outcome = await ports.registry.commit(commit);
        if (!isRemoval) return outcome;
        // The store has the removal, and its answer is still under way.
        expect(await records.hasLostWrites()).toBe(true);
        return answer === 'unknown' ? { outcome: 'unknown', why: 'no answer' } : outcome;
      },
    };
    const { signal } = new AbortController();
    const records = new OwnedRecords(self, signingAuthor(self, ports), { registry });
    const spec = specOf('web/1');
    const key = instanceKey({ ...self, ...spec });
    const wanted = { spec, health: { state: 'serving' } } as const;
    const absent = { kind: 'absent', key, revision: 0 } as const;
    await records.commit([registerInstance(records.author, wanted, absent, undefined)], signal);
    const stored = records.instances.get(key);
    if (stored?.kind !== 'stored') throw new Error('it was registered');
    isRemoval = true;
    await records.commit([removeInstance(records.author, stored, 'deregistered')], signal);
    await records.list([key]);
    expect(stored.record.n).toBe(1);
    expect(records.chainHeads.get(key)?.n).toBe(2);
  },
);

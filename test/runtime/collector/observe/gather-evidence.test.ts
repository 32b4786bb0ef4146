import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { leaseKey } from '../../../../src/domain/identity/registry-keys.ts';
import { readAgent } from '../../../../src/domain/records/stored-record.ts';
import { hours, minutes, seconds } from '../../../../src/domain/time.ts';
import {
  judgeAtLeader,
  type Observer,
  readMovingLease,
} from '../../../../src/runtime/collector/observe/gather-evidence.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';
import { agentEntry, agentRecord, runId, slotOf } from '../../../domain/support/sample-records.ts';

/** A run that comes back takes its lease first and rewrites its record second: the record was read in between. */
test('a lease that is acquired right after the record was read is seen (G6)', async () => {
  const clock = new VirtualClock();
  const suspect = { reason: 'silent', since: 1 } as const;
  const entry = agentEntry(7, agentRecord('h1/a', 'r1', { suspect }));
  const seen = readAgent(entry);
  if (seen.kind !== 'stored') throw new Error('it is to be readable');
  let leased = false;
  const observer: Observer = {
    observations: new LeaseObservations(clock),
    suspicionAge: ({ grace }) => grace,
    disconnectOf: () => undefined,
    isOnHold: () => false,
    brakeStateOf: () => 'off',
    checkSight: () => {},
  };
  const ports = {
    clock,
    messaging: { ping: async () => 'no-responders' },
    leases: {
      read: async (key: string) => ({ key, revision: 9, text: leased ? 'its own' : undefined }),
    },
    registry: {
      read: async (key: string) => {
        if (key !== entry.key) return { key, revision: 0, text: undefined };
        leased = true;
        return entry;
      },
    },
  };
  const { signal } = new AbortController();
  const examined = await judgeAtLeader(seen, observer, ports as never, signal);
  expect(examined?.verdict).toEqual({ do: 'wait', why: 'lease-stands' });
});

test('a lease whose answer came an hour late is not called unmoved', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const run = { ...slotOf('h1/a'), run: runId('run00001') };
  const key = leaseKey(run);
  observations.apply({ kind: 'changes', entries: [{ key, revision: 7, text: '{}' }], upTo: 7 });
  await clock.advance(minutes(10));
  observations.resetClocks();
  let stall = hours(1);
  const leases = {
    read: async () => {
      await clock.advance(stall); // The process stands still; the lease may be renewed meanwhile.
      return { key, revision: 7, text: '{}' };
    },
  };
  const read = () =>
    readMovingLease({ ...run, ttl: seconds(6) }, observations, { clock, leases } as never);
  expect(await read()).toBe('stands');
  stall = 0;
  expect(await read()).toBe('unmoved');
});

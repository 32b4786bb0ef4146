import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { readAgent } from '../../../../src/domain/records/stored-record.ts';
import {
  judgeAtLeader,
  type Observer,
} from '../../../../src/runtime/collector/observe/gather-evidence.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';
import { agentEntry, agentRecord } from '../../../domain/support/sample-records.ts';

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

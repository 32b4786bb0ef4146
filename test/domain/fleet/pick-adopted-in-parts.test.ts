import { expect, test } from 'vitest';
import { toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { pickPolicies, selectUsable } from '../../../src/domain/fleet/pick.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../support/sample-records.ts';

/** A restarted agent has adopted the first `adopted` of its 1000 instances. */
function picksWhile(adopted: number, change: Partial<AgentRecord>) {
  const fleet = new Fleet();
  const agent = agentRecord('h1/a', 'run2', change);
  const instances = Array.from({ length: 1000 }, (_, n) =>
    instanceEntry(n + 2, instanceRecord('h1/a', n < adopted ? 'run2' : 'run1', `web/${n}`)),
  );
  fleet.replace([agentEntry(1, agent), ...instances], 2000);
  const rows = [...fleet.slots()].flatMap((slot) =>
    [...slot.instances.values()].flatMap((read) =>
      read.kind === 'stored' ? [toInstanceRow(read, slot, fleet, true)] : [],
    ),
  );
  return Object.fromEntries(
    pickPolicies.map((policy) => [policy, selectUsable(rows, policy).length]),
  );
}

const registering = { phase: 'registering' } as const;
const suspect = { reason: 'silent', since: 7 } as const;

test.each([
  ['has just taken its slot', 0, registering, { strict: 0, 'prefer-live': 1000, any: 1000 }],
  ['has adopted 300', 300, registering, { strict: 300, 'prefer-live': 1000, any: 1000 }],
  [
    'fell silent after it had adopted 300',
    300,
    { ...registering, suspect },
    { strict: 0, 'prefer-live': 1000, any: 1000 },
  ],
  [
    'expired after it had adopted 300',
    300,
    { phase: 'expired', suspect } as const,
    { strict: 0, 'prefer-live': 1000, any: 1000 },
  ],
  ['is announced', 1000, {}, { strict: 1000, 'prefer-live': 1000, any: 1000 }],
  ['is announced and has dropped 700', 300, {}, { strict: 300, 'prefer-live': 300, any: 300 }],
])('a consumer picks from 1000 instances of an agent that %s', (_, adopted, change, expected) => {
  expect(picksWhile(adopted, change)).toEqual(expected);
});

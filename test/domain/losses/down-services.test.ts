import { expect, test } from 'vitest';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { openLosses } from '../../../src/domain/losses/open-losses.ts';
import type { AgentRecord, InstanceRecord } from '../../../src/domain/records/schemas.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../support/sample-records.ts';

const suspect = { suspect: { reason: 'silent', since: 5000 } } as const;

/** The services of which no instance is live, of a fleet with an instance of `web` for each agent. */
function down(...agents: readonly [Partial<AgentRecord>, Partial<InstanceRecord>?][]) {
  const fleet = new Fleet();
  for (const [n, [agent, instance = {}]] of agents.entries()) {
    const [slot, run] = [`h${n}/a`, `run${n}`];
    const record = instanceRecord(slot, run, `web/${n}`, instance);
    const entries = [
      agentEntry(2 * n + 1, agentRecord(slot, run, agent)),
      instanceEntry(2 * n + 2, record),
    ];
    fleet.apply(entries, 2 * n + 2);
  }
  const ledger = { lost: () => [], backIn: () => [] };
  return [...openLosses(ledger, fleet).remaining.down()];
}

test('a service is down since its last instance became dubious', () => {
  expect(down([suspect], [{ suspect: { reason: 'silent', since: 9000 } }])).toEqual([
    ['web', 9000],
  ]);
});

test('a service with a live instance is not down', () => {
  expect(down([suspect], [{}])).toEqual([]);
});

test('a service that only drains is not down', () => {
  expect(down([{}, { state: 'draining' }])).toEqual([]);
});

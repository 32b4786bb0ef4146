import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../../src/domain/identity/names.ts';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { AgentRecord, InstanceRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';

const hash = 'ab'.repeat(32);
const start = Date.UTC(2026, 0, 1);

export const slotOf = (target: string) => {
  const [host, agent] = target.split('/');
  return { host: HostId.parse(host), agent: AgentName.parse(agent) };
};
export const runId = (run: string) => RunId.parse(run.padEnd(8, '0'));

/** The agent record of `host/agent`, readable, as a run writes it. */
export const agentRecord = (
  target: string,
  run: string,
  change: Partial<AgentRecord> = {},
): AgentRecord =>
  AgentRecord.parse({
    v: 1,
    ...slotOf(target),
    run: runId(run),
    term: 0,
    phase: 'live',
    ttl: 15_000,
    grace: 30_000,
    process: { boot: 'boot', namespace: 'pid', pid: 1 },
    startedAt: start,
    since: start,
    n: 1,
    hash,
    ...change,
  });

/** The instance record of `service/id` under `host/agent`, owned by `run`. */
export const instanceRecord = (
  target: string,
  run: string,
  name: string,
  change: Partial<InstanceRecord> = {},
): InstanceRecord => {
  const [service, id] = name.split('/');
  return InstanceRecord.parse({
    v: 1,
    ...slotOf(target),
    run: runId(run),
    service: ServiceName.parse(service),
    id: InstanceId.parse(id),
    token: 0,
    state: 'serving',
    labels: {},
    registeredAt: start,
    since: start,
    n: 1,
    hash,
    ...change,
  });
};

export const agentEntry = (revision: number, record: AgentRecord): KeyValueEntry => ({
  key: agentKey(record),
  revision,
  text: JSON.stringify(record),
});
export const instanceEntry = (revision: number, record: InstanceRecord): KeyValueEntry => ({
  key: instanceKey(record),
  revision,
  text: JSON.stringify(record),
});

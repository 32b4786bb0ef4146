import { thisProcess } from '../adapters/system/processes.ts';
import { hashEvent } from '../domain/events/hash-chain.ts';
import { AgentName, HostId, InstanceId, ServiceName } from '../domain/identity/names.ts';
import { agentKey, instanceKey } from '../domain/identity/registry-keys.ts';
import { defaultLease } from '../domain/policy/lease-policy.ts';
import { type AgentRecord, type InstanceRecord, recordVersion } from '../domain/records/schemas.ts';
import type { Write } from '../ports/registry.ts';
import type { Stage } from './stage.ts';

const writesAtOnce = 1000;
const commitsAtOnce = 4;

export interface Load {
  readonly agents: number;
  readonly instancesEach: number;
}

/** Fills the registry with records as agents write them, without the agents and without the events. */
export async function loadRegistry({ agents, instancesEach }: Load, stage: Stage): Promise<void> {
  const pending: Write[] = [];
  const commits = new Set<Promise<unknown>>();
  const flush = async () => {
    const commit = store(pending.splice(0, writesAtOnce), stage);
    commits.add(commit);
    void commit.finally(() => commits.delete(commit)).catch(() => {});
    if (commits.size >= commitsAtOnce) await Promise.race(commits);
  };
  for (let n = 0; n < agents; n += 1) {
    if (n % 50 === 0)
      stage.say(`loading ${agents * instancesEach} instances: ${(n / agents) * 100} %`);
    stage.signal.throwIfAborted();
    pending.push(...recordsOf(n, instancesEach, stage));
    while (pending.length >= writesAtOnce) await flush();
  }
  if (pending.length > 0) await flush();
  await Promise.all(commits);
}

async function store(writes: readonly Write[], { ports }: Stage): Promise<void> {
  const { outcome } = await ports.registry.commit({ writes, events: [] });
  if (outcome !== 'committed') throw new Error(`the load was not stored: ${outcome}`);
}

/** One live agent and its instances, as valid as what agents write. */
function recordsOf(n: number, instances: number, { ports }: Stage): readonly Write[] {
  const slot = { host: HostId.parse(`host-${n}`), agent: AgentName.parse('agent') };
  const run = ports.entropy.runId();
  const at = ports.clock.wall();
  const common = { v: recordVersion, ...slot, run, since: at, n: 1, hash: hashEvent(run) } as const;
  const agent: AgentRecord = {
    ...common,
    ...defaultLease,
    term: 0,
    phase: 'live',
    process: thisProcess(),
    startedAt: at,
  };
  const records = Array.from(
    { length: instances },
    (_, i): InstanceRecord => ({
      ...common,
      service: ServiceName.parse(`service-${i}`),
      id: InstanceId.parse(`host-${n}-${i}`),
      token: 0,
      state: 'serving',
      address: `10.0.${n >> 8}.${n & 255}`,
      port: 8000 + i,
      labels: { version: '1.0.0', rack: `rack-${n % 40}` },
      registeredAt: at,
    }),
  );
  return [
    { key: agentKey(slot), expect: 0, text: JSON.stringify(agent) },
    ...records.map((record) => ({
      key: instanceKey(record),
      expect: 0,
      text: JSON.stringify(record),
    })),
  ];
}

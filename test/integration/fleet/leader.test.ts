import { env } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type Access, openStore } from '../../../tools/bench/environment/access.ts';
import type { JobName, Jobs } from '../../../tools/bench/processes/job.ts';
import { startWorker, type Worker } from '../../../tools/bench/processes/worker.ts';
import { startTestCluster } from '../harness/cluster.ts';

/** `FLEET_AGENTS=2000 npm run test:night -- leader` plays it with two thousand. */
const agents = Number(env['FLEET_AGENTS'] ?? 200);
const lease = { ttl: seconds(15), grace: seconds(30) };

test('a killed leader of the lease stream makes no run suspect and removes nothing', async () => {
  await using cluster = await startTestCluster(3);
  await using workers = new AsyncDisposableStack();
  const { signal } = new AbortController();
  const access: Access = {
    servers: cluster.urls,
    namespace: Namespace.parse('leader'),
    replicas: 3,
  };
  await using store = await openStore(access, 'stage');
  const start = async <N extends JobName>(name: N, task: Jobs[N]['task']): Promise<Worker<N>> =>
    workers.use(await startWorker({ name, access, task }, signal));
  for (const name of ['one', 'two', 'three']) await start('collect', { lease, name });
  for (let n = 0; n < 4; n += 1) {
    const crowd = { host: `host-${n}`, agents: agents / 4, instances: 1, lease };
    await start('keep-agents', crowd);
  }
  const { leases } = subjectNamesOf(access.namespace);
  await (await cluster.leaderOf(leases.stream)).kill();
  // A run would be suspect by then: an election takes at most 10 s, and then a ttl passes.
  await pause(seconds(10) + lease.ttl + seconds(10));
  const told = new Map<string, number>();
  for await (const stored of store.audit.read(0)) {
    const read = parseAuditEvent(stored, systemHash);
    if (read.kind !== 'event') continue;
    told.set(read.event.event.type, (told.get(read.event.event.type) ?? 0) + 1);
  }
  expect(told.get('started')).toBe(agents);
  for (const type of ['suspected', 'expired', 'removed'])
    expect(told.get(type), type).toBe(undefined);
}, 600_000);

import { headers } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { thisProcess } from '../../../src/adapters/system/processes.ts';
import { AgentName, HostId, type RunRef } from '../../../src/domain/identity/names.ts';
import { agentKey, leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import type { Commit } from '../../../src/ports/registry.ts';
import { buildClaim } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { type Access, connectBare, openStore, portsOf } from '../environment/access.ts';
import type { Jobs } from './job.ts';

type RenewFleet = Jobs['renew-fleet'];

/** Number of records per commit, with two messages each. */
const together = 400;
/** The time between two batches of renewals. */
const turn = 50;

/**
 * The traffic of a fleet without its processes: writes the records of the runs and renews their leases,
 * evenly spread, until the process ends.
 */
export async function renewFleet(
  access: Access,
  { agents, lease }: RenewFleet['task'],
): Promise<RenewFleet['answer']> {
  const ports = portsOf(await openStore(access, 'fleet'));
  const runs = Array.from(
    { length: agents },
    (_, n): RunRef => ({
      host: HostId.parse(`host-${n >> 3}`),
      agent: AgentName.parse(`agent-${n & 7}`),
      run: systemEntropy.runId(),
    }),
  );
  const bare = await connectBare(access);
  const { prefix } = subjectNamesOf(access.namespace).leases;
  const renew = (run: RunRef) => {
    const ttl = headers();
    ttl.set('Nats-TTL', `${lease.ttl / 1000}s`);
    bare.publish(prefix + leaseKey(run), run.run, { headers: ttl });
  };
  const each = renewEvery(lease) / agents;
  let renewed = 0;
  const began = performance.now();
  setInterval(() => {
    const due = Math.floor((performance.now() - began) / each);
    for (; renewed < due; renewed += 1) {
      const run = runs[renewed % agents];
      if (run) renew(run);
    }
  }, turn);
  for (let from = 0; from < agents; from += together) {
    const { outcome } = await ports.registry.commit(
      recordsOf(runs.slice(from, from + together), lease, ports),
    );
    if (outcome !== 'committed') throw new Error(`the records were not written: ${outcome}`);
  }
  await systemClock.sleep(renewEvery(lease));
  return 'renewing';
}

function recordsOf(
  runs: readonly RunRef[],
  lease: RenewFleet['task']['lease'],
  ports: ReturnType<typeof portsOf>,
): Commit {
  const changes = runs.map((run) =>
    buildClaim(
      { actor: run, ports },
      { kind: 'absent', key: agentKey(run), revision: 0 },
      { ...run, ...lease, process: thisProcess(), startedAt: ports.clock.wall() },
      {},
    ),
  );
  return sealCommit(changes);
}

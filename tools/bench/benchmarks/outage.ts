import { setTimeout as pause } from 'node:timers/promises';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { type Cluster, startCluster } from '../environment/cluster.ts';
import { type BenchmarkNamespace, openStage } from '../fixture/benchmark-namespace.ts';

const lease = { ttl: seconds(15), grace: seconds(30) };
/** A leader is elected within 10 s. A wrong suspicion would follow within a ttl. */
const watchFor: Millis = seconds(10) + lease.ttl + seconds(10);
const agentsOf = (quick: boolean): number => (quick ? 100 : 400);

/** The server is killed and restarted immediately. No run may be suspected because of it. */
export const restart = outage('restart', 1, 'one server killed and started again');
/** Of three servers, the leader of the lease stream is killed. */
export const leader = outage('leader', 3, 'of three servers the leader of the leases killed');

function outage(name: string, size: 1 | 3, what: string): Benchmark {
  return {
    name,
    takes: (quick) => watchFor + seconds(20) + agentsOf(quick) * 20,

    async measure(given) {
      const { quick, env, say, signal } = given;
      const agents = agentsOf(quick);
      say(size === 1 ? 'starting a server' : 'starting three servers');
      await using cluster = await startCluster(size, env, say, signal);
      await using stage = await openStage(cluster.access, given);
      say(`starting ${agents} agents and three collectors`);
      for (const each of ['one', 'two', 'three'])
        await stage.start('collect', { lease, name: each });
      await stage.start('keep-agents', { host: 'host', agents, instances: 1, lease });
      const before = await count(stage);
      say('killing it');
      const gap = await gapOf(stage, () => happen(size, cluster, stage));
      const after = await count(stage);
      return [
        {
          name,
          what: `${what}, ${agents} agents, ttl ${lease.ttl / 1000} s: suspected or removed falsely`,
          unit: 'runs',
          samples: [after - before],
          floor: { what: 'for so many ms nothing could be written', samples: [gap] },
          limit: { of: 'median', atMost: 0 },
        },
      ];
    },
  };
}

async function happen(
  size: 1 | 3,
  cluster: Cluster,
  { names, signal }: BenchmarkNamespace,
): Promise<void> {
  await cluster.killLeader(names.leases.stream);
  if (size === 1) await cluster.revive();
  await pause(watchFor, undefined, { signal });
}

/** The number of suspicions, expiries and removals. */
async function count({ ports }: BenchmarkNamespace): Promise<number> {
  let counted = 0;
  for await (const stored of ports.audit.read(0)) {
    const read = parseAuditEvent(stored, systemHash);
    if (read.kind !== 'event') continue;
    if (['suspected', 'expired', 'removed'].includes(read.event.event.type)) counted += 1;
  }
  return counted;
}

/** The longest time between two acknowledged bare writes during an action. */
async function gapOf(
  { bare, names }: BenchmarkNamespace,
  happens: () => Promise<void>,
): Promise<Millis> {
  let over = false;
  let last = performance.now();
  let longest = 0;
  const writing = (async () => {
    while (!over) {
      try {
        await bare.request(`${names.leases.prefix}bench.floor`, '', { timeout: 500 });
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      } catch {
        // Not acknowledged: the gap continues.
      }
      await pause(20);
    }
  })();
  await happens();
  over = true;
  await writing;
  return longest;
}

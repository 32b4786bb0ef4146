import { setTimeout as pause } from 'node:timers/promises';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { cpuTimeOf } from '../environment/cpu-time.ts';
import { lastSequenceOf } from '../environment/last-sequence.ts';
import { startServer } from '../environment/server.ts';
import { type BenchmarkNamespace, openStage } from '../fixture/benchmark-namespace.ts';

const lease = { ttl: seconds(3), grace: seconds(30) };
const window = seconds(10);
const roundsOf = (quick: boolean): number => (quick ? 2 : 5);

interface Costs {
  readonly client: number[];
  readonly server: number[];
}

/** What renewing costs client and server, with a connection for each agent. */
export const renewalServer: Benchmark = {
  name: 'renewal-server',
  takes: (quick) => roundsOf(quick) * 2 * (window + seconds(3)),

  async measure(given) {
    const { quick, env, say, signal, agents } = given;
    const ours: Costs = { client: [], server: [] };
    const bare: Costs = { client: [], server: [] };
    for (let round = 0; round < roundsOf(quick); round += 1) {
      await using server = await startServer('large', env, say, signal);
      await using stage = await openStage(server.access, given);
      say(`${agents} agents renew`);
      {
        const task = { host: 'agents', agents, instances: 1, lease };
        await using worker = await stage.start('keep-agents', task);
        await measureInto(ours, worker.pid, server.pid, stage);
      }
      say(`${agents} leases of the bare client are renewed`);
      await using worker = await stage.start('keep-leases', { agents, lease });
      await measureInto(bare, worker.pid, server.pid, stage);
    }
    const each = `for 1000 renewals, ${agents} agents with a connection each, ttl 3 s`;
    const floor = `of bare leases with a connection each`;
    return [
      {
        name: 'renewal-client',
        what: `CPU of the process ${each}`,
        unit: 'ms',
        samples: ours.client,
        floor: { what: `that ${floor}`, samples: bare.client },
        limit: { of: 'times-floor', atMost: 1.2 },
      },
      {
        name: renewalServer.name,
        what: `CPU of the server ${each}`,
        unit: 'ms',
        samples: ours.server,
        floor: { what: `that ${floor}`, samples: bare.server },
        limit: { of: 'times-floor', atMost: 1.5 },
      },
    ];
  },
};

async function measureInto(
  costs: Costs,
  client: number,
  server: number,
  stage: BenchmarkNamespace,
): Promise<void> {
  await pause(lease.ttl, undefined, { signal: stage.signal });
  const now = async () => ({
    client: await cpuTimeOf(client),
    server: await cpuTimeOf(server),
    renewals: await renewals(stage),
  });
  const before = await now();
  await pause(window, undefined, { signal: stage.signal });
  const after = await now();
  const thousands = (after.renewals - before.renewals) / 1000;
  costs.client.push((after.client - before.client) / thousands);
  costs.server.push((after.server - before.server) / thousands);
}

/** How often a lease was written. */
const renewals = ({ bare, access }: BenchmarkNamespace): Promise<number> =>
  lastSequenceOf(bare, subjectNamesOf(access.namespace).leases.stream);

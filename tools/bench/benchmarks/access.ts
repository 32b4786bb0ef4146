import { cpuUsage } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { recordVersion } from '../../../src/domain/records/schemas.ts';
import { minutes, type Revision, seconds } from '../../../src/domain/time.ts';
import type { Leases } from '../../../src/ports/leases.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import { openStore, portsOf } from '../environment/access.ts';
import { type PairedServer, type ServerPair, startServerPair } from '../environment/server-pair.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { StateWatch } from '../fixture/state-watch.ts';
import { startWorker, type Worker } from '../processes/worker.ts';

const lease = { ttl: seconds(15), grace: seconds(1) };
/** They keep the share of dead agents below the brake. */
const bystanders = 75;
const killsOf = (quick: boolean): number => (quick ? 8 : 30);
const roundsOf = (quick: boolean): number => (quick ? 21 : 41);
const warmUp = 1;
const held = 200;
const renewalsOfRound = 2000;

const names = ['open', 'limited'] as const;
type Way = (typeof names)[number];

/** What the accounts and permissions of `rollcall access` cost, beside an open server in the same run. */
export const access: Benchmark = {
  name: 'access',
  takes: (quick) => seconds(20) + killsOf(quick) * seconds(5) + roundsOf(quick) * seconds(1),

  async measure(stage) {
    const hosts = Array.from({ length: killsOf(stage.quick) }, (_, n) => `host-${n}`);
    await using pair = await startServerPair(['beat', 'stay', ...hosts], stage);
    const heartbeats = await measureHeartbeats(pair, stage);
    return [...heartbeats, await measureKills(pair, hosts, stage)];
  },
};

interface Round {
  /** CPU time of client and server for one renewal, in µs. */
  readonly cpu: number;
  readonly perSecond: number;
}

async function measureHeartbeats(
  pair: ServerPair,
  { quick, say }: BenchmarkNamespace,
): Promise<readonly Result[]> {
  say('renewing leases at both servers, in turns');
  await using stores = new AsyncDisposableStack();
  const leases = {} as Record<Way, Renewals>;
  for (const name of names) {
    const store = stores.use(await openStore(pair[name].as('agent', 'beat'), 'beat'));
    leases[name] = await Renewals.begin(store.leases);
  }
  const taken: Record<Way, Round[]> = { open: [], limited: [] };
  for (let round = -warmUp; round < roundsOf(quick); round += 1) {
    for (const name of names) {
      const one = await roundOf(pair[name], leases[name]);
      if (round >= 0) taken[name].push(one);
    }
  }
  const of = (name: Way, field: keyof Round) => taken[name].map((round) => round[field]);
  return [
    {
      name: 'access-heartbeat',
      what: 'CPU of client and server for one heartbeat with the accounts of rollcall access',
      unit: 'µs',
      samples: of('limited', 'cpu'),
      floor: { what: 'the same on a server without them, in turns', samples: of('open', 'cpu') },
      limit: { of: 'times-floor', atMost: 1.1 },
    },
    {
      name: 'access-renewals',
      what: `heartbeats a second with the accounts of rollcall access, ${held} at a time`,
      unit: '/s',
      samples: of('limited', 'perSecond'),
      floor: {
        what: 'the same on a server without them, in turns',
        samples: of('open', 'perSecond'),
      },
      limit: { of: 'median', atLeast: 2000 },
    },
  ];
}

async function roundOf(server: PairedServer, renewals: Renewals): Promise<Round> {
  const before = { server: await server.cpu(), own: cpuUsage(), at: performance.now() };
  await renewals.renew(renewalsOfRound);
  const took = performance.now() - before.at;
  const { user, system } = cpuUsage(before.own);
  const cpu = user + system + (await server.cpu()) - before.server;
  return { cpu: cpu / renewalsOfRound, perSecond: (renewalsOfRound * 1000) / took };
}

/** Leases that one connection renews, all at the same time. */
class Renewals {
  readonly #leases: Leases;
  readonly #held: { readonly key: string; readonly text: string; at: Revision }[] = [];

  private constructor(leases: Leases) {
    this.#leases = leases;
  }

  static async begin(leases: Leases): Promise<Renewals> {
    const made = new Renewals(leases);
    for (let n = 0; n < held; n += 1) {
      const run = systemEntropy.runId();
      const of = { host: HostId.parse('beat'), agent: AgentName.parse(`agent-${n}`), run };
      const text = JSON.stringify({ v: recordVersion, run });
      const created = await leases.create(leaseKey(of), text, minutes(5));
      if (created === 'taken') throw new Error(`${leaseKey(of)} is taken`);
      made.#held.push({ key: leaseKey(of), text, at: created.revision });
    }
    return made;
  }

  async renew(count: number): Promise<void> {
    await Promise.all(
      this.#held.map(async (one) => {
        for (let n = 0; n < count / held; n += 1) {
          const renewed = await this.#leases.renew(one.key, one.text, one.at, minutes(5));
          if (renewed === 'lost') throw new Error(`${one.key} was lost`);
          one.at = renewed.revision;
        }
      }),
    );
  }
}

async function measureKills(
  pair: ServerPair,
  hosts: readonly string[],
  { say, signal }: BenchmarkNamespace,
): Promise<Result> {
  await using running = new AsyncDisposableStack();
  const watches = {} as Record<Way, StateWatch>;
  const agentsOn = (name: Way, host: string, agents: number): Promise<Worker<'keep-agents'>> =>
    startWorker(
      {
        name: 'keep-agents',
        access: pair[name].as('agent', host),
        task: { host, agents, instances: 1, lease },
      },
      signal,
    );
  for (const name of names) {
    say(`starting a collector and the agents that stay, on the ${name} server`);
    const judge = pair[name].as('collector', 'collector');
    running.use(await startWorker({ name: 'collect', access: judge, task: { lease } }, signal));
    const store = running.use(await openStore(pair[name].as('consumer', 'consumer'), 'watch'));
    watches[name] = running.use(new StateWatch(portsOf(store)));
    running.use(await agentsOn(name, 'stay', bystanders));
  }
  const taken: Record<Way, number[]> = { open: [], limited: [] };
  for (const [n, host] of hosts.entries()) {
    for (const name of names) {
      say(`kill ${n + 1} of ${hosts.length} on the ${name} server`);
      await using worker = await agentsOn(name, host, 1);
      const watch = watches[name];
      await watch.live(worker.answer, signal);
      await pause(500 * (1 + systemEntropy.fraction()), undefined, { signal });
      const at = performance.now();
      worker.kill('SIGKILL');
      const within = lease.ttl + seconds(10);
      const [seen] = await watch.doubted(worker.answer, { within, signal });
      if (seen) taken[name].push(seen.at - at);
    }
  }
  return {
    name: 'access-killed',
    what: 'process killed → dubious with the accounts of rollcall access, ttl 15 s',
    unit: 'ms',
    samples: taken.limited,
    floor: { what: 'the same on a server without them, in turns', samples: taken.open },
    limit: { of: 'times-floor', atMost: 1.1 },
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsStore, openNatsStore } from '../../../src/adapters/nats/store.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId, type Namespace } from '../../../src/domain/identity/names.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { portsOf } from '../../../tools/bench/environment/access.ts';
import { openDisk } from './faults/disk.ts';
import type { Cast } from './faults/fault-plan.ts';
import { Wire } from './faults/proxies.ts';
import { LocalApi } from './local-api.ts';
import { Member } from './process.ts';
import type { ChaosServers } from './servers/servers.ts';

/** The brake allows one expiry per this interval; the default would take minutes for all. */
export const pace: Millis = seconds(1);

const services = ['web', 'db', 'cache'] as const;

/** `service/id` of each instance that an agent runs. */
export const instancesOf = (agent: string): string[] =>
  services.map((service) => `${service}/${agent.replace('/', '-')}-${service}`);

/** All clients of the servers: agents and collectors as processes, and a consumer in this process. */
export interface Crew extends AsyncDisposable {
  readonly agents: readonly Member[];
  readonly collectors: readonly Member[];
  readonly consumer: { readonly wire: Wire; readonly directory: Directory };
  /** A connection without a proxy, to read the true state. */
  readonly store: NatsStore;
  readonly servers: readonly string[];
}

export async function startCrew(
  { nodes }: ChaosServers,
  namespace: Namespace,
  cast: Cast,
  lease: LeasePolicy,
): Promise<Crew> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-crew-'));
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const servers = nodes.map(({ port }) => `nats://127.0.0.1:${port}`);
  const on = { namespace, replicas: 3 };
  const store = opened.use(await openNatsStore({ servers, ...on, name: 'chaos' }));
  await slowTheBrake(store);
  const hire = async (name: string, args: readonly string[], more?: Provided) => {
    const wire = await Wire.to(nodes);
    const state = opened.use(await openDisk(1));
    const common = [
      '--namespace',
      namespace,
      '--ttl',
      `${lease.ttl}ms`,
      '--grace',
      `${lease.grace}ms`,
    ];
    const all = [...args, ...common];
    const member = opened.use(new Member(name, wire, all, state, more));
    member.start();
    return member;
  };
  const collectors = await Promise.all(
    cast.collectors.map((name) => hire(name, ['collector', '--host', 'watch', '--name', name])),
  );
  const agents = await Promise.all(
    cast.agents.map(async (name) => {
      const [host = '', agent = ''] = name.split('/');
      const file = join(folder, `${host}-${agent}.json`);
      await writeFile(file, JSON.stringify({ instances: instancesOf(name).map(specOf) }));
      const socket = join(folder, `${host}-${agent}.sock`);
      const args = ['--host', host, '--name', agent, '--instances', file, '--api', socket];
      return hire(name, ['agent', ...args], { file, api: new LocalApi(socket) });
    }),
  );
  await Promise.all([...collectors, ...agents].map((member) => member.begun()));
  const wire = opened.use(await Wire.to(nodes));
  const seen = opened.use(await openNatsStore({ servers: wire.urls, ...on, name: 'consumer' }));
  const directory = opened.use(new Directory(portsOf(seen), { seatsEvery: 500 }));
  await directory.ready;
  const closing = opened.move();
  return {
    ...{ agents, collectors, store, servers },
    consumer: { wire, directory },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What an agent has and a collector has not. */
type Provided = ConstructorParameters<typeof Member>[4];

const specOf = (name: string) => {
  const [service, id] = name.split('/');
  return { service, id };
};

async function slowTheBrake(store: NatsStore): Promise<void> {
  const actor = {
    host: HostId.parse('desk'),
    agent: AgentName.parse('operator'),
    run: systemEntropy.runId(),
  };
  const ports = portsOf(store);
  const change = (now: Parameters<Parameters<typeof setPolicy>[1]>[0]) => ({
    ...now,
    brake: { ...now.brake, pace },
  });
  await setPolicy({ actor, ports }, change, ports, new AbortController().signal);
}

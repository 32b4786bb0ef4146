import { setTimeout as pause } from 'node:timers/promises';
import type { NatsStore } from '../../../src/adapters/nats/store.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { thisProcess } from '../../../src/adapters/system/processes.ts';
import { OpeningPatience } from '../../../src/composition/store/opening-patience.ts';
import { Fault } from '../../../src/domain/fault.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  type RunRef,
  ServiceName,
  ZoneName,
} from '../../../src/domain/identity/names.ts';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../src/domain/time.ts';
import { Agent } from '../../../src/runtime/agent/agent.ts';
import { type Access, connectBare, openStore, portsOf } from '../environment/access.ts';
import type { Jobs } from './job.ts';

type KeepAgents = Jobs['keep-agents'];

/** Starts the agents one after the other, so that their renewals spread over the whole interval, or all at once. */
export async function keepAgents(
  access: Access,
  {
    host,
    agents,
    instances,
    lease,
    zones = [],
    collect = false,
    atOnce = false,
  }: KeepAgents['task'],
): Promise<KeepAgents['answer']> {
  if (atOnce) await together(access);
  const ready: Promise<RunRef>[] = [];
  for (let n = 1; n <= agents; n += 1) {
    if (n > 1 && !atOnce) await pause(renewEvery(lease) / agents);
    const zone = zones[n % zones.length];
    ready.push(startAgent(access, { host, name: `agent-${n}`, instances, lease, collect }, zone));
  }
  return Promise.all(ready);
}

/** Where a process says that it has loaded its code, and where all are told to start their agents. */
export const loadedSubject = 'bench.loaded';
export const goSubject = 'bench.go';

async function together(access: Access): Promise<void> {
  const bare = await connectBare(access);
  const go = Promise.withResolvers<void>();
  bare.subscribe(goSubject, { max: 1, callback: () => go.resolve() });
  await bare.flush();
  bare.publish(loadedSubject);
  await go.promise;
  await bare.close();
}

async function startAgent(
  access: Access,
  {
    host,
    name,
    instances,
    lease,
    collect = false,
  }: Omit<KeepAgents['task'], 'agents'> & {
    name: string;
  },
  zone: string | undefined,
): Promise<RunRef> {
  const slot = { host: HostId.parse(host), agent: AgentName.parse(name) };
  const me = { ...slot, run: systemEntropy.runId() };
  const ports = portsOf(await openPatiently(access, me));
  const specs = Array.from({ length: instances }, (_, n) => ({
    service: ServiceName.parse('web'),
    id: InstanceId.parse(`${host}-${name}-${n}`),
    address: '192.0.2.1',
    port: 8080,
    labels: { version: '1.0.0' },
  }));
  const agent = new Agent(
    {
      slot,
      run: me.run,
      lease,
      zone: zone === undefined ? undefined : ZoneName.parse(zone),
      process: thisProcess(),
      takeover: false,
      whenExpired: 'exit',
      drainFor: 0,
      collect,
      leaveWithin: seconds(1),
      onTransition() {},
    },
    specs,
    ports,
  );
  await agent.ready;
  return { ...slot, run: agent.run };
}

/** Tries again as `rollcall agent` does: a server that ten thousand clients dial at once is too busy for some of them. */
async function openPatiently(access: Access, me: RunRef): Promise<NatsStore> {
  const patience = new OpeningPatience();
  for (;;) {
    const began = performance.now();
    try {
      return await openStore(access, me, patience.within);
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'store-unavailable') throw cause;
      await pause(patience.pauseAfter(performance.now() - began));
    }
  }
}

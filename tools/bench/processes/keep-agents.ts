import { setTimeout as pause } from 'node:timers/promises';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import { minutes } from '../../../src/domain/time.ts';
import { startAgent } from '../../../src/index.ts';
import { type Access, connectBare } from '../environment/access.ts';
import type { Jobs } from './job.ts';
import { accessOf, instancesOf } from './started-agent.ts';

type KeepAgents = Jobs['keep-agents'];

/** Starts the agents one after the other, so that their renewals spread over the whole interval, or all at once. */
export async function keepAgents(
  access: Access,
  { agents, lease, zones = [], atOnce = false, ...task }: KeepAgents['task'],
): Promise<KeepAgents['answer']> {
  if (atOnce) await together(access);
  const ready: Promise<RunRef>[] = [];
  for (let n = 1; n <= agents; n += 1) {
    if (n > 1 && !atOnce) await pause(renewEvery(lease) / agents);
    ready.push(
      keepAgent(access, { ...task, lease, atOnce, name: `agent-${n}` }, zones[n % zones.length]),
    );
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

/** As a program that uses the library, and that waits long for a server which ten thousand clients dial at once. */
async function keepAgent(
  access: Access,
  {
    host,
    name,
    instances,
    lease,
    collect = false,
    atOnce = false,
  }: Omit<KeepAgents['task'], 'agents'> & { readonly name: string },
  zone: string | undefined,
): Promise<RunRef> {
  const agent = await startAgent({
    ...accessOf(access),
    ...{ host, name, collect, connectWithin: minutes(30) },
    ...{ ttl: lease.ttl, grace: lease.grace },
    // A run that lapses in a long start of a whole fleet starts over. Elsewhere the end of a run is what is measured.
    whenExpired: atOnce ? 'start-over' : 'exit',
    ...(zone !== undefined && { zone }),
    instances: instancesOf(`${host}-${name}`, instances),
  });
  return { host, agent: name, run: agent.run } as RunRef;
}

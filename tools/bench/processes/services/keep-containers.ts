import process from 'node:process';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { thisProcess } from '../../../../src/adapters/system/processes.ts';
import { openDocker } from '../../../../src/composition/docker.ts';
import { InstanceSources } from '../../../../src/composition/instances/instance-sources.ts';
import { AgentName, HostId } from '../../../../src/domain/identity/names.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { Agent } from '../../../../src/runtime/agent/agent.ts';
import { type Access, openStore, portsOf } from '../../environment/access.ts';
import type { Jobs } from '../job.ts';

type KeepContainers = Jobs['keep-containers'];

/** An agent that follows an engine, until SIGTERM. */
export async function keepContainers(
  access: Access,
  { lease, socketPath }: KeepContainers['task'],
): Promise<KeepContainers['answer']> {
  const slot = { host: HostId.parse('containers'), agent: AgentName.parse('a') };
  const me = { ...slot, run: systemEntropy.runId() };
  const ports = portsOf(await openStore(access, me));
  const sources = new InstanceSources(slot);
  const options = { address: '127.0.0.1', linger: 0, onComplaint() {} };
  const docker = openDocker(socketPath, options, sources, ports);
  const over = new AbortController();
  const began = performance.now();
  await docker.begin(slot, ports, over.signal);
  const { specs, healthOf } = sources.initial;
  const agent = new Agent(
    {
      ...{ slot, run: me.run, lease, zone: undefined, process: thisProcess(), takeover: false },
      ...{ whenExpired: 'exit', drainFor: 0, collect: false, leaveWithin: seconds(1) },
      onTransition() {},
    },
    specs,
    ports,
    healthOf,
  );
  sources.connect(agent);
  void docker.run(over.signal);
  process.once('SIGTERM', async () => {
    over.abort();
    await agent.stop();
    process.exit();
  });
  await agent.ready;
  return { took: performance.now() - began };
}

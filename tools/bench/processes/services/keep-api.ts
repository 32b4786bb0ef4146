import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { thisProcess } from '../../../../src/adapters/system/processes.ts';
import { InstanceSources } from '../../../../src/composition/instances/instance-sources.ts';
import { openLocalApi } from '../../../../src/composition/local-api.ts';
import { AgentName, HostId } from '../../../../src/domain/identity/names.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { Agent } from '../../../../src/runtime/agent/agent.ts';
import { type Access, openStore, portsOf } from '../../environment/access.ts';
import type { Jobs } from '../job.ts';

type KeepApi = Jobs['keep-api'];

/** An agent without instances of its own, and its local API, until its process ends. */
export async function keepApi(
  access: Access,
  { lease }: KeepApi['task'],
): Promise<KeepApi['answer']> {
  const slot = { host: HostId.parse('api'), agent: AgentName.parse('a') };
  const me = { ...slot, run: systemEntropy.runId() };
  const ports = portsOf(await openStore(access, me));
  const sources = new InstanceSources(slot);
  const { log, metrics } = ports;
  const stateDir = await mkdtemp(join(tmpdir(), 'rollcall-bench-api-'));
  const address = { host: '127.0.0.1', port: 0 };
  const listening = Promise.withResolvers<string>();
  const events = { onFailure: listening.reject, onOpen: listening.resolve };
  const api = await openLocalApi(
    { me, namespace: access.namespace, address, token: undefined, stateDir, log, metrics, events },
    sources,
  );
  const agent = new Agent(
    {
      ...{ slot, run: me.run, lease, zone: undefined, process: thisProcess(), takeover: false },
      ...{ whenExpired: 'exit', drainFor: 0, collect: false, leaveWithin: seconds(1) },
      onTransition() {},
    },
    [],
    ports,
  );
  sources.connect(agent);
  api.keeper.connect(agent);
  await agent.ready;
  return { url: await listening.promise, stateDir };
}

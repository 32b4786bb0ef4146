import { createServer } from 'node:http';
import process from 'node:process';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { thisProcess } from '../../../../src/adapters/system/processes.ts';
import { AgentName, HostId } from '../../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../../src/domain/records/desired-instances.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { Agent } from '../../../../src/runtime/agent/agent.ts';
import { type Access, openStore, portsOf } from '../../environment/access.ts';
import { portOf } from '../../environment/free-ports.ts';
import type { Jobs } from '../job.ts';

type KeepService = Jobs['keep-service'];

/** A service that answers over HTTP and registers itself, until its process ends. */
export async function keepService(
  access: Access,
  { name, service, lease, drainFor = 0 }: KeepService['task'],
): Promise<KeepService['answer']> {
  const server = createServer({ keepAliveTimeout: 1 }, (_, response) => response.end('ok\n'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const port = portOf(server);
  const slot = { host: HostId.parse('services'), agent: AgentName.parse(name) };
  const me = { ...slot, run: systemEntropy.runId() };
  const spec = InstanceSpec.parse({ service, id: name, address: '127.0.0.1', port });
  const agent = new Agent(
    {
      ...{ slot, run: me.run, lease, zone: undefined, process: thisProcess(), takeover: false },
      ...{ whenExpired: 'exit', drainFor, collect: false, leaveWithin: seconds(1) },
      onTransition() {},
    },
    [spec],
    portsOf(await openStore(access, me)),
  );
  await agent.ready;
  process.once('SIGTERM', async () => {
    await agent.stop();
    server.close(() => process.exit());
  });
  return { port };
}

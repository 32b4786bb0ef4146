import { processIdentity } from '../../../../src/adapters/system/processes.ts';
import { openStore, portsOf } from '../../../../src/composition/store/open-store.ts';
import { systemAdapters } from '../../../../src/composition/system-adapters.ts';
import { AgentName, HostId, Namespace } from '../../../../src/domain/identity/names.ts';
import type { InstanceSpec } from '../../../../src/domain/records/desired-instances.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { Agent } from '../../../../src/runtime/agent/agent.ts';
import type { TestFleet } from '../../harness/fleet.ts';

export const silent = { debug() {}, info() {}, warn() {} };

/**
 * An agent in this process with a connection of its own; `die` ends it as SIGKILL would. `isReady`: whether to wait until
 * all instances are registered. `pid`: of its process; 0 is one that does not exist.
 */
export async function beginHere(
  fleet: TestFleet,
  name: string,
  specs: readonly InstanceSpec[],
  { isReady, pid = 0 }: { readonly isReady: boolean; readonly pid?: number },
) {
  const slot = { host: HostId.parse('h1'), agent: AgentName.parse(name) };
  const run = systemAdapters.entropy.runId();
  const store = await openStore(
    { servers: [fleet.url], namespace: Namespace.parse(fleet.namespace) },
    { as: { ...slot, run }, signal: new AbortController().signal, within: 5000, create: false },
  );
  const agent = new Agent(
    {
      ...{ slot, run, lease: { ttl: 10_000, grace: 10_000 }, takeover: false },
      ...{ process: processIdentity(pid), whenExpired: 'exit', drainFor: 0, leaveWithin: 3000 },
      ...{ collect: false, onTransition: () => {} },
    },
    specs,
    portsOf(store, { log: silent, metrics: noopMetrics }),
  );
  agent.done.catch(() => {});
  agent.ready.catch(() => {});
  if (isReady) await agent.ready;
  return { agent, die: () => store[Symbol.asyncDispose]() };
}

import { openNatsStore } from '../../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { processIdentity } from '../../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../../src/adapters/system/signatures.ts';
import { AgentName, HostId, type Namespace, RunId } from '../../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../../src/domain/records/desired-instances.ts';
import type { Divergence } from '../../../../src/domain/replay/divergence.ts';
import type { Ports, Store } from '../../../../src/ports/ports.ts';
import { Agent } from '../../../../src/runtime/agent/agent.ts';
import { verify } from '../../../../src/runtime/audit/verify.ts';
import type { VerifyReport } from '../../../../src/runtime/audit/verify-report.ts';
import { Collector } from '../../../../src/runtime/collector/collector.ts';
import type { ProcessTransition } from '../../../../src/runtime/transitions/process-chain.ts';
import { portsOf as barePorts } from '../../../../tools/bench/environment/access.ts';
import { until } from '../../harness/until.ts';

export const lease = { ttl: 2000, grace: 1000 };

export const portsOf = (store: Store): Ports => ({ ...barePorts(store), hash: systemHash });

export interface On {
  readonly servers: readonly string[];
  readonly namespace: Namespace;
  readonly replicas?: number;
}

const slotAt = (place: string) => {
  const [host, agent] = place.split('/');
  return { host: HostId.parse(host), agent: AgentName.parse(agent) };
};

export const specOf = (name: string, port?: number): InstanceSpec => {
  const [service, id] = name.split('/');
  return InstanceSpec.parse({ service, id, ...(port !== undefined && { port }) });
};

/** An agent in this process, on a connection of its own. */
export async function startAgent(on: On, place: string, names: readonly string[]) {
  const store = await openNatsStore({ ...on, name: `agent ${place}` });
  const transitions: ProcessTransition[] = [];
  const agent = new Agent(
    {
      slot: slotAt(place),
      lease,
      process: processIdentity(process.pid),
      takeover: true,
      whenExpired: 'start-over',
      drainFor: 0,
      collect: false,
      leaveWithin: 5000,
      onTransition: (transition) => void transitions.push(transition),
    },
    names.map((name) => specOf(name)),
    portsOf(store),
  );
  const ended = agent.done.catch(() => {});
  await agent.ready;
  return {
    agent,
    /** All of its sessions. */
    transitions,
    /** Leaves politely. */
    async stop() {
      await agent.stop();
      await store[Symbol.asyncDispose]();
    },
    /** Ends it like a process that dies: it writes nothing more. */
    async die() {
      await store[Symbol.asyncDispose]();
      void agent.stop();
      await ended;
    },
  };
}

export async function startCollector(on: On, name: string, keyframeEvery: number) {
  const store = await openNatsStore({ ...on, name: `collector ${name}` });
  const me = { ...slotAt(`watch/${name}`), run: RunId.parse(systemEntropy.runId()) };
  const collector = new Collector(me, { lease, keyframeEvery, onTransition() {} }, portsOf(store));
  return {
    collector,
    async [Symbol.asyncDispose]() {
      await collector.stop();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The result of `audit verify` for the namespace. */
export async function verdictOn(store: Store): Promise<VerifyReport & { said: Divergence[] }> {
  const said: Divergence[] = [];
  const { audit, registry, keyframes, leases } = store;
  const verified = await verify(
    audit,
    {
      registry,
      keyframes,
      leases,
      clock: systemClock,
      hash: systemHash,
      signatures: systemSignatures,
    },
    {
      onDivergence: (divergence) => void said.push(divergence),
      signal: new AbortController().signal,
    },
  );
  return { ...verified, said };
}

/** After a leader was killed the audit came up to 46 s behind (docs/adr/0001), on a quiet machine. */
const catchesUpWithin = 120_000;

/** Waits until the audit has had no new event for a while. */
export async function quiet({ audit }: Store): Promise<number> {
  let before = -1;
  let since = performance.now();
  const isQuiet = async () => {
    const { last } = await audit.range();
    if (last !== before) since = performance.now();
    before = last;
    return performance.now() - since > 700;
  };
  await until('the audit is quiet', isQuiet, catchesUpWithin);
  return before;
}

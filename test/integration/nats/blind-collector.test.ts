import { describe, expect, it } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { processIdentity, systemProcesses } from '../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { AgentName, HostId, Namespace } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { Agent } from '../../../src/runtime/agent/agent.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from './support/configured-server.ts';

const ns = Namespace.parse('fleet');
const lease = { ttl: 4000, grace: 2000 };

/** `refused`: a subject to which the user `narrowed` may not publish. `consumers`: how many the account may have. */
const config =
  ({ refused = 'nothing', consumers = -1 }: { refused?: string; consumers?: number } = {}) =>
  (storeDir: string) =>
    `
jetstream: { store_dir: "${storeDir}" }
accounts: { fleet: {
  jetstream: { max_consumers: ${consumers} }
  users: [
    { user: full, password: full }
    { user: narrowed, password: narrowed, permissions: { publish: { deny: ["${refused}"] } } }
  ] } }`;

interface Opened extends Ports, AsyncDisposable {
  readonly warned: { readonly event: string; readonly why: unknown }[];
}

async function open(url: string, user: string): Promise<Opened> {
  const warned: Opened['warned'] = [];
  return {
    ...(await openNatsStore({
      servers: [url],
      namespace: ns,
      name: user,
      credentials: { user, pass: user },
    })),
    clock: systemClock,
    entropy: systemEntropy,
    log: {
      debug() {},
      info() {},
      warn: (event, fields) => void warned.push({ event, why: fields?.['why'] }),
    },
    metrics: noopMetrics,
    processes: systemProcesses(),
    signatures: systemSignatures,
    warned,
  };
}

const collectorOn = (host: string, ports: Ports) =>
  new Collector(
    { host: HostId.parse(host), agent: AgentName.parse('c'), run: systemEntropy.runId() },
    { lease, onTransition: () => {} },
    ports,
  );

const agentOn = (ports: Ports) =>
  new Agent(
    {
      slot: { host: HostId.parse('h1'), agent: AgentName.parse('a') },
      lease,
      process: processIdentity(process.pid),
      takeover: false,
      whenExpired: 'start-over',
      drainFor: 0,
      collect: false,
      leaveWithin: 2000,
      onTransition: () => {},
    },
    [InstanceSpec.parse({ service: 'web', id: 'w1' })],
    ports,
  );

async function oneSeat(ports: Ports): Promise<void> {
  const actor = {
    host: HostId.parse('desk'),
    agent: AgentName.parse('person'),
    run: systemEntropy.runId(),
  };
  const { signal } = new AbortController();
  await setPolicy(signingAuthor(actor, ports), (now) => ({ ...now, seats: 1 }), ports, signal);
}

describe('a collector with the only seat', () => {
  it('whose user may no longer watch the registry gives it to another, which collects a killed run', async () => {
    await using server = await startConfigured(config());
    await using first = await startProxy(server);
    await using line = await startProxy(server);
    await using full = await open(server.url, 'full');
    await using narrowed = await open(first.url, 'narrowed');
    await using dying = await open(line.url, 'full');
    await oneSeat(full);
    await using blind = collectorOn('c1', narrowed);
    await until('it judges', () => blind.state === 'watching');
    await using seeing = collectorOn('c2', full);
    await using directory = new Directory(full, { seatsEvery: 500 });
    await using old = new Directory(narrowed, { seatsEvery: 500 });
    const agent = agentOn(dying);
    await agent.ready;
    agent.done.catch(() => {});

    await server.reload(
      config({ refused: `$JS.API.CONSUMER.CREATE.KV_rollcall_${ns}_registry.>` }),
    );
    first.cut();
    await line.refuse();
    line.cut();
    const killed = performance.now();
    await until('it is blind', () => blind.state === 'blind', 15_000);
    const why = expect.stringMatching(
      /the watch of the registry received nothing for .*may not publish/,
    );
    expect(narrowed.warned).toContainEqual({ event: 'blinded', why });
    await until('it gives its seat up', () => blind.state === 'sleeping', 15_000);
    await until('the other judges', () => seeing.state === 'watching', 15_000);
    await until('the run is collected', () => directory.agents().length === 0, 30_000);
    // A consumer with this user keeps its rows, and says how old they are.
    expect([old.agents().length, old.instances('web').length]).toEqual([1, 1]);
    expect(old.age).toBeGreaterThan(5000);
    // Blind after 5 s, its seat given up after the ttl; the other looks within ttl / 2, then ttl and grace.
    const { ttl, grace } = lease;
    const bound = 5000 + ttl + ttl / 2 + ttl + grace;
    expect(performance.now() - killed).toBeLessThan(bound + 3000);
    await new Promise((resolve) => setTimeout(resolve, ttl));
    expect(blind.state).toBe('sleeping');

    await seeing.stop();
    await server.reload(config());
    first.cut();
    await until('the view is current again', () => old.agents().length === 0, 30_000);
    await until('it takes a seat again, because it sees', () => blind.state === 'watching', 60_000);
    await line.pass();
    await agent.stop().catch(() => {});
  });

  it('in an account at its limit of consumers is blind, and directories report that no collector observes', async () => {
    await using server = await startConfigured(config());
    await using first = await startProxy(server);
    await using full = await open(server.url, 'full');
    await using behind = await open(first.url, 'full');
    await using directory = new Directory(full, { seatsEvery: 500 });
    await using blind = collectorOn('c1', behind);
    await until('it judges', () => blind.state === 'watching' && directory.observed);
    await server.reload(config({ consumers: 1 }));
    first.cut();
    await until('consumers see that nobody observes', () => !directory.observed, 30_000);
    const why = expect.stringMatching(
      /the watch of the (registry|leases).*maximum consumers limit reached/,
    );
    expect(behind.warned).toContainEqual({ event: 'blinded', why });
    expect(directory.age).toBeLessThan(5000);
    await server.reload(config());
    await until('it judges again', () => blind.state === 'watching' && directory.observed, 60_000);
  });
});

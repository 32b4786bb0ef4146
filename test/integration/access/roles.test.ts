import { describe, expect, it } from 'vitest';
import type { Member } from '../../../src/adapters/nats/access/member.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { processIdentity, systemProcesses } from '../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { Agent } from '../../../src/runtime/agent/agent.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { endHoldEarly, planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { readRecentLosses } from '../../../src/runtime/operator/recent-losses.ts';
import { publishCharts } from '../../../src/runtime/transitions/publish-charts.ts';
import { until } from '../harness/until.ts';
import type { ConfiguredServer } from '../nats/support/configured-server.ts';
import { FleetAccess } from './support/fleet-access.ts';

const lease = { ttl: 2000, grace: 1000 };

const open = async (access: FleetAccess, server: ConfiguredServer, member: Member) => {
  const logged: string[] = [];
  const log = (what: string) => void logged.push(what);
  const ports: Ports & AsyncDisposable & { logged: readonly string[] } = {
    ...(await access.open(server, member)),
    clock: systemClock,
    entropy: systemEntropy,
    log: { debug() {}, info: log, warn: log },
    metrics: noopMetrics,
    processes: systemProcesses(),
    signatures: systemSignatures,
    logged,
  };
  return ports;
};

const agentOn = (host: string, ports: Ports, instances: readonly string[], collect = false) =>
  new Agent(
    {
      slot: { host: HostId.parse(host), agent: AgentName.parse('a') },
      lease,
      process: processIdentity(process.pid),
      takeover: false,
      whenExpired: 'start-over',
      drainFor: 0,
      collect,
      leaveWithin: 2000,
      onTransition: () => {},
    },
    instances.map((service) => InstanceSpec.parse({ service, id: host })),
    ports,
  );

const collectorWith = (ports: Ports) =>
  new Collector(
    { host: HostId.parse('w'), agent: AgentName.parse('c'), run: systemEntropy.runId() },
    { lease, onTransition: () => {} },
    ports,
  );

const keysOf = async ({ registry }: Ports) =>
  (await registry.list(['>'], 0))
    .filter(({ text }) => text !== undefined)
    .map(({ key }) => key)
    .filter((key) => !key.startsWith('hold.'))
    .sort();

describe('with the generated access', () => {
  it('an agent that is killed and restarted with fewer instances is suspected, comes back and leaves', async () => {
    const access = new FleetAccess();
    const h1 = access.add('agent', 'h1');
    const watcher = access.add('collector', 'w');
    const reader = access.add('consumer', 'c');
    await using server = await access.start();
    await using watching = await open(access, server, watcher);
    await using consumer = await open(access, server, reader);
    await using collector = collectorWith(watching);
    await until('the collector sees', () => collector.state === 'watching');
    {
      const dying = await open(access, server, h1);
      const agent = agentOn('h1', dying, ['web', 'db'], true);
      await agent.ready;
      await until('the agent does not offer itself', () =>
        dying.logged.includes('does-not-collect'),
      );
      await dying[Symbol.asyncDispose](); // as a process dies: without a word
      agent.done.catch(() => {});
    }
    await until('the run is suspect', async () =>
      ((await consumer.registry.read('agent.h1.a')).text ?? '').includes('"suspect"'),
    );
    await using back = await open(access, server, h1);
    const agent = agentOn('h1', back, ['web']);
    await agent.ready;
    await until('a collector has removed what was left over', async () => {
      const keys = await keysOf(consumer);
      return keys.join(' ') === 'agent.h1.a instance.h1.a.web.h1';
    });
    await agent.stop();
    expect(await keysOf(consumer)).toEqual([]);
  });

  it('a dead agent is collected, and under a hold of an operator it is not', async () => {
    const access = new FleetAccess();
    const watcher = access.add('collector', 'w');
    const [h1, h2] = [access.add('agent', 'h1'), access.add('agent', 'h.2', { services: ['web'] })];
    const operator = access.add('operator', 'o');
    await using server = await access.start();
    await using watching = await open(access, server, watcher);
    await using planning = await open(access, server, operator);
    await using collector = collectorWith(watching);
    await until('the collector sees', () => collector.state === 'watching');
    const dying = await Promise.all([open(access, server, h1), open(access, server, h2)]);
    const agents = [agentOn('h1', dying[0], ['web']), agentOn('h.2', dying[1], ['web'])];
    await Promise.all(agents.map(({ ready }) => ready));
    const host = HostId.parse('h1');
    const actor = { host, agent: AgentName.parse('o'), run: systemEntropy.runId() };
    const signal = AbortSignal.timeout(10_000);
    const end = Date.now() + 60_000;
    await planHold({ actor, ports: planning }, { host, until: end }, planning, signal);
    for (const [index, ports] of dying.entries()) {
      await ports[Symbol.asyncDispose]();
      agents[index]?.done.catch(() => {});
    }
    const held = 'agent.h1.a instance.h1.a.web.h1';
    await until('the other is collected', async () => (await keysOf(planning)).join(' ') === held);
    await endHoldEarly({ actor, ports: planning }, { host }, planning, signal);
    await until('both are collected', async () => (await keysOf(planning)).length === 0);
  });

  it('a fleet leaves no violation in the log of its server', async () => {
    const access = new FleetAccess();
    const members = (['collector', 'operator', 'auditor', 'dashboard', 'consumer'] as const).map(
      (role) => access.add(role, role),
    );
    const h1 = access.add('agent', 'h1');
    await using server = await access.start();
    const [watching, ...others] = await Promise.all(
      members.map((member) => open(access, server, member)),
    );
    if (!watching) throw new Error('there is no collector');
    await using opened = new AsyncDisposableStack();
    for (const ports of [watching, ...others]) opened.use(ports);
    await publishCharts(watching);
    await using collector = collectorWith(watching);
    await until('the collector sees', () => collector.state === 'watching');
    await using ports = await open(access, server, h1);
    await publishCharts(ports);
    const agent = agentOn('h1', ports, ['web'], true);
    await agent.ready;
    await until('the agent does not collect', () => ports.logged.includes('does-not-collect'));
    for (const other of others) expect((await keysOf(other)).join()).toContain('agent.h1.a');
    await agent.stop();
    // Lists show the latest losses; a consumer may not read the history.
    for (const [n, { role }] of members.slice(1).entries()) {
      const lost = readRecentLosses(others[n] ?? watching, AbortSignal.timeout(10_000));
      if (role === 'consumer') await expect(lost).rejects.toMatchObject({ code: 'store-refused' });
      else expect((await lost).lost(), role).toEqual([]);
    }
    const violations = server.log.split('\n').filter((line) => line.includes('Violation'));
    expect(violations).toEqual([]);
  });

  it('an agent whose login is bound to services registers no other', async () => {
    const access = new FleetAccess();
    const member = access.add('agent', 'h1', { services: ['web'] });
    await using server = await access.start();
    await using ports = await open(access, server, member);
    const agent = agentOn('h1', ports, ['web', 'db']);
    await expect(agent.ready).rejects.toMatchObject({ code: 'store-refused' });
    await expect(ports.registry.read('instance.h1.a.db.h1')).rejects.toMatchObject({
      code: 'store-refused',
    });
  });
});

import { expect, it } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { processIdentity, systemProcesses } from '../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { AgentName, HostId, Namespace } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { Agent } from '../../../src/runtime/agent/agent.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

const namespace = Namespace.parse('fleet');

/** One user that has all rights but this one. */
const without = (refused: string) => (storeDir: string) =>
  `
jetstream: { store_dir: "${storeDir}" }
accounts: { fleet: {
  jetstream: enabled
  users: [{ user: one, password: one, permissions: { publish: { deny: ["${refused}"] } } }]
} }`;

it('an agent that was refused the rights of a collector collects after they were granted by a reload', async () => {
  await using server = await startConfigured(without('$KV.rollcall_fleet_leases.seat.>'));
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const credentials = { user: 'one', pass: 'one' };
  await using store = await openNatsStore({
    servers: [server.url],
    namespace,
    name: 'a',
    credentials,
  });
  const agent = new Agent(
    {
      slot: { host: HostId.parse('h1'), agent: AgentName.parse('a') },
      lease: { ttl: 4000, grace: 2000 },
      process: processIdentity(process.pid),
      takeover: false,
      whenExpired: 'start-over',
      drainFor: 0,
      collect: true,
      leaveWithin: 2000,
      onTransition: () => {},
    },
    [InstanceSpec.parse({ service: 'web', id: 'w1' })],
    {
      ...store,
      clock: systemClock,
      entropy: systemEntropy,
      log: { debug() {}, info: log, warn: log },
      metrics: noopMetrics,
      processes: systemProcesses(),
      signatures: systemSignatures,
    },
  );
  await agent.ready;
  await until('it is refused', () => logged.includes('does-not-collect'));
  await server.reload(without('nothing'));
  await until('it collects', () => logged.includes('collects-again'), 40_000);
  const seats = await store.leases.list('seat.*');
  expect(seats).toHaveLength(1);
  await agent.stop();
}, 90_000);

import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { processIdentity, systemProcesses } from '../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { AgentName, HostId, Namespace } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { Agent } from '../../../src/runtime/agent/agent.ts';
import { latestSignedKeyframe } from '../../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import {
  endHoldEarly,
  planHold,
  setPolicy,
} from '../../../src/runtime/operator/operator-actions.ts';
import { readingAlone } from '../harness/permissions.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from './support/configured-server.ts';

const ns = Namespace.parse('fleet');
const writing = (host: string) => [
  `$KV.rollcall_${ns}_leases.run.${host}.>`,
  `$KV.rollcall_${ns}_registry.agent.${host}.>`,
  `$KV.rollcall_${ns}_registry.instance.${host}.>`,
  `rollcall.${ns}.event.${host}.>`,
  `rollcall.${ns}.run.${host}.>`,
];
const collecting = [
  `$KV.rollcall_${ns}_leases.>`,
  `$KV.rollcall_${ns}_registry.>`,
  `$KV.rollcall_${ns}_keyframes.>`,
  `rollcall.${ns}.event.>`,
  `rollcall.${ns}.fence.>`,
  `rollcall.${ns}.run.>`,
  `$JS.API.STREAM.PURGE.KV_rollcall_${ns}_registry`,
  `$JS.API.STREAM.PURGE.KV_rollcall_${ns}_keyframes`,
];
/** To plan a silence, and to say what the fleet goes by. */
const planning = [
  `$KV.rollcall_${ns}_registry.hold.>`,
  `$KV.rollcall_${ns}_registry.policy`,
  `rollcall.${ns}.event.*.*.*.hold.*`,
  `rollcall.${ns}.event.=fleet.>`,
];

const user = (name: string, publish: readonly string[], runs: string | undefined) => `
  { user: ${name}, password: ${name}, permissions: {
    publish: { allow: ${JSON.stringify([...readingAlone(ns), ...publish])} }
    subscribe: { allow: ${JSON.stringify([`_INBOX_${name}.>`, ...(runs ? [runs] : [])])} } } }`;

const config = (storeDir: string) => `
jetstream: { store_dir: "${storeDir}" }
authorization: { users: [
  { user: deploy, password: deploy }
  ${user('h1', writing('h1'), `rollcall.${ns}.run.h1.>`)}
  ${user('collector', collecting, undefined)}
  ${user('consumer', [], undefined)}
  ${user('operator', planning, undefined)}
] }`;

const open = async (url: string, name: string): Promise<Ports & AsyncDisposable> => ({
  ...(await openNatsStore({
    servers: [url],
    namespace: ns,
    name,
    credentials: { user: name, pass: name },
    inboxPrefix: name === 'deploy' ? '_INBOX' : `_INBOX_${name}`,
  })),
  clock: systemClock,
  entropy: systemEntropy,
  log: { debug() {}, info() {}, warn() {} },
  metrics: noopMetrics,
  processes: systemProcesses(),
  signatures: systemSignatures,
});

const agentOn = (host: string, ports: Ports) =>
  new Agent(
    {
      slot: { host: HostId.parse(host), agent: AgentName.parse('a') },
      lease: { ttl: 2000, grace: 1000 },
      process: processIdentity(process.pid),
      takeover: false,
      whenExpired: 'start-over',
      drainFor: 0,
      collect: false,
      leaveWithin: 2000,
      onTransition: () => {},
    },
    [InstanceSpec.parse({ service: 'web', id: host })],
    ports,
  );

describe('the permissions in docs/how-to/permissions.md', () => {
  it('let an agent, a collector and a consumer work, and deny an agent everything of other hosts', async () => {
    await using server = await startConfigured(config);
    // The streams are made by whoever deploys; nobody else may make, change or delete one.
    await using _deploy = await open(server.url, 'deploy');
    await using mine = await open(server.url, 'h1');
    await using watching = await open(server.url, 'collector');
    await using consumer = await open(server.url, 'consumer');

    await using collector = new Collector(
      { host: HostId.parse('w'), agent: AgentName.parse('c'), run: systemEntropy.runId() },
      { lease: { ttl: 2000, grace: 1000 }, onTransition: () => {} },
      watching,
    );
    const agent = agentOn('h1', mine);
    await agent.ready;
    await until('the collector sees', () => collector.state === 'watching');
    const stands = async () => (await consumer.registry.read('instance.h1.a.web.h1')).text;
    expect(await stands()).toContain(agent.run);

    const foreign = agentOn('h2', mine);
    await expect(foreign.done).rejects.toThrow(/may not|[Pp]ermission/);
    expect((await consumer.registry.read('agent.h2.a')).revision).toBe(0);
    const write = { key: 'agent.h1.a', expectedRevision: 0, text: '{}' };
    await expect(consumer.registry.commit({ writes: [write], events: [] })).rejects.toThrow();

    await agent.stop();
    expect(await stands()).toBeUndefined();
  });

  it('let a collector remove the records of a dead agent on any host', async () => {
    await using server = await startConfigured(config);
    await using _deploy = await open(server.url, 'deploy');
    await using watching = await open(server.url, 'collector');
    await using consumer = await open(server.url, 'consumer');
    {
      const dying = await open(server.url, 'h1');
      const agent = agentOn('h1', dying);
      await agent.ready;
      await dying[Symbol.asyncDispose](); // as a process dies: without a word
      agent.done.catch(() => {});
    }
    await using _collector = new Collector(
      { host: HostId.parse('w'), agent: AgentName.parse('c'), run: systemEntropy.runId() },
      { lease: { ttl: 2000, grace: 1000 }, onTransition: () => {} },
      watching,
    );
    await until('all of it is gone', async () => {
      const { text } = await consumer.registry.read('agent.h1.a');
      return text === undefined;
    });
    expect((await consumer.registry.read('instance.h1.a.web.h1')).text).toBeUndefined();
  });

  it('let only a collector keep, sign and drop keyframes', async () => {
    await using server = await startConfigured(config);
    await using _deploy = await open(server.url, 'deploy');
    await using mine = await open(server.url, 'h1');
    await using watching = await open(server.url, 'collector');
    await using consumer = await open(server.url, 'consumer');
    const agent = agentOn('h1', mine);
    await agent.ready;
    const options = { lease: { ttl: 2000, grace: 1000 }, keyframeEvery: 1, onTransition: () => {} };
    const me = { host: HostId.parse('w'), agent: AgentName.parse('c'), run: systemEntropy.runId() };
    {
      await using _collector = new Collector(me, options, watching);
      await until('a signed keyframe', () => latestSignedKeyframe(consumer));
    }
    const said: Divergence[] = [];
    const { keyframes, notes } = await verify(consumer.audit, consumer, {
      onDivergence: (divergence) => void said.push(divergence),
      signal: new AbortController().signal,
    });
    expect({ said, keyframes, unsigned: notes.unsigned }).toEqual({
      said: [],
      keyframes: 1,
      unsigned: 0,
    });

    const [kept = 0] = await consumer.keyframes.list();
    for (const other of [mine, consumer]) {
      await expect(other.keyframes.put(1, pieces('forged'))).rejects.toThrow(
        /may not|[Pp]ermission/,
      );
      await expect(other.keyframes.drop(kept)).rejects.toThrow(/may not|[Pp]ermission/);
    }
    expect(await consumer.keyframes.list()).toEqual([kept]);
    await watching.keyframes.drop(kept);
    expect(await consumer.keyframes.list()).toEqual([]);
    await agent.stop();
  });
});

it('only a user with the permissions of an operator can set a hold', async () => {
  await using server = await startConfigured(config);
  await using _deploy = await open(server.url, 'deploy');
  const wish = async (name: string, within: number) => {
    await using ports = await open(server.url, name);
    const host = HostId.parse('h1');
    const actor = { host, agent: AgentName.parse('operator'), run: systemEntropy.runId() };
    const signal = AbortSignal.timeout(within);
    const until = Date.now() + 60_000;
    await planHold({ actor, ports }, { host, until }, ports, signal);
    await planHold({ actor, ports }, { host, agent: actor.agent, until }, ports, signal);
    await setPolicy({ actor, ports }, (now) => ({ ...now, seats: 2 }), ports, signal);
    return await endHoldEarly({ actor, ports }, { host }, ports, signal);
  };
  expect(await wish('operator', 20_000)).toBe('released');
  for (const name of ['h1', 'consumer']) {
    await expect(wish(name, 4000)).rejects.toMatchObject({
      code: expect.stringMatching(/^store-/),
    });
  }
});

it('a user who may not create a missing stream gets its name and what to do', async () => {
  await using server = await startConfigured(config);
  await using _deploy = await open(server.url, 'deploy');
  const keyframes = `KV_rollcall_${ns}_keyframes`;
  const raw = await connect({ servers: server.url, user: 'deploy', pass: 'deploy' });
  await (await jetstreamManager(raw)).streams.delete(keyframes);
  await raw.close();
  for (const user of ['consumer', 'h1', 'collector']) {
    await expect(open(server.url, user)).rejects.toMatchObject({
      code: 'store-refused',
      message: `stream ${keyframes} of namespace '${ns}' is missing, and this user may not create it`,
      hint: expect.stringContaining('a user who may create streams'),
    });
  }
  await using _again = await open(server.url, 'deploy');
  await using consumer = await open(server.url, 'consumer');
  expect(await consumer.keyframes.list()).toEqual([]);
});

async function* pieces(...all: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* all;
}

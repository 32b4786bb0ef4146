import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { agentMapKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { startTestCluster } from '../harness/cluster.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { openOn } from '../nats/support/open-store.ts';
import {
  lease,
  quiet,
  specOf,
  startAgent,
  startCollector,
  verdictOn,
} from './support/sample-audit.ts';

const names = Array.from({ length: 12 }, (_, n) => `web/${n}`);
const places = ['h1/a', 'h2/a', 'h3/a', 'h4/a'] as const;

/** An agent that changes each of its instances once a second, one after the other, until it is stopped. */
function busy({ agent }: Awaited<ReturnType<typeof startAgent>>) {
  let on = true;
  const changing = (async () => {
    for (let n = 0; on; n += 1) {
      const port = (at: number) => 1 + Math.floor((n + names.length - at) / names.length);
      agent.replace(names.map((name, at) => specOf(name, port(at))));
      await sleep(1000 / names.length);
    }
  })();
  return {
    async stop() {
      on = false;
      await changing;
    },
  };
}

test('the audit loses and duplicates no event while leaders and a collector are killed', async () => {
  await using cluster = await startTestCluster(3);
  await using opened = await openOn(cluster.urls, { replicas: 3 });
  const { store } = opened;
  const on = { servers: cluster.urls, namespace: opened.names.namespace, replicas: 3 };
  const watching = rollcall([
    ...['collector', '--host', 'watch', '--name', 'first', '--json'],
    ...['--servers', cluster.urls.join(','), '--namespace', on.namespace],
    ...['--ttl', `${lease.ttl / 1000}s`, '--grace', `${lease.grace / 1000}s`],
  ]);
  await using _ = watching;
  await watching.ready;
  await using __ = await startCollector(on, 'second', 200);
  const agents = await Promise.all(places.map((place) => startAgent(on, place, names)));
  const transitions = agents.map(({ transitions }) => transitions);
  const writers = agents.map(busy);
  const written = async () => (await store.audit.range()).last;
  const grows = async (what: string) => {
    const before = await written().catch(() => 0);
    await until(what, async () => (await written().catch(() => 0)) > before + 100, 90_000);
  };
  await grows('events are written');

  const registryLeader = await cluster.leaderOf(opened.names.registry.stream);
  await registryLeader.kill();
  await grows('events are written without the registry’s leader');
  await registryLeader.restart();
  await cluster.ready();

  const auditLeader = await cluster.leaderOf(opened.names.auditStream);
  await auditLeader.kill();
  await grows('events are written without the audit’s leader');
  await auditLeader.restart();
  await cluster.ready();

  watching.kill('SIGKILL');
  await grows('events are written without the collector');
  const keyframed = async () => (await store.keyframes.list()).length > 0;
  await until('the next collector keeps a keyframe', keyframed, 150_000);

  const leastWritten = async () => {
    const entries = await store.registry.list(['instance.>'], 0);
    return Math.min(...entries.map(({ text }) => Number(JSON.parse(text ?? '{}').n)));
  };
  await until('each was written 51 times', async () => (await leastWritten()) > 50, 90_000);
  for (const writer of writers) await writer.stop();
  await sleep(1000);
  const records = await store.registry.list(['instance.>'], 0);
  await quiet(store);
  const events = [];
  for await (const stored of store.audit.read(0)) events.push(stored);

  // Counted: one event for each number that a record has come to, each under a subject of its own.
  const subjects = events.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  for (const [at, place] of places.entries()) {
    const { agent } = agents[at] ?? expect.fail();
    const run = `${agentMapKey(agent.slot)}.${agent.run}`;
    for (const name of names) {
      const spec = specOf(name);
      const key = instanceKey({ ...agent.slot, ...spec });
      const text = records.find((entry) => entry.key === key)?.text ?? '{}';
      const { n, run: owner } = JSON.parse(text);
      expect([place, owner]).toEqual([place, agent.run]);
      const chain = `${run}.${spec.service}.${spec.id}.`;
      expect(n).toBeGreaterThan(50);
      expect(subjects.filter((subject) => subject.startsWith(chain))).toHaveLength(n);
    }
  }
  const sessions = subjects.filter((subject) => subject.includes('.session.')).length;
  expect(sessions).toBe(transitions.reduce((sum, { length }) => sum + length, 0));

  const { said, keyframes, notes } = await verdictOn(store);
  expect(said).toEqual([]);
  // A collector that is killed between keeping a keyframe and signing it leaves one without a signature.
  expect(notes.unsigned).toBeLessThanOrEqual(1);
  expect(keyframes).toBeGreaterThan(0);
  for (const { stop } of agents) await stop();
}, 400_000);

test('the audit loses and duplicates no event while a server restarts', async () => {
  await using cluster = await startTestCluster(3);
  await using opened = await openOn(cluster.urls, { replicas: 3 });
  const { store } = opened;
  const on = { servers: cluster.urls, namespace: opened.names.namespace, replicas: 3 };
  await using _ = await startCollector(on, 'one', 10_000);
  const agents = await Promise.all(places.slice(0, 2).map((place) => startAgent(on, place, names)));
  const writers = agents.map(busy);
  const written = async () => (await store.audit.range().catch(() => undefined))?.last ?? 0;
  for (const node of cluster.nodes) {
    const before = await written();
    await node.restart();
    await until('events are written', async () => (await written()) > before + 50, 90_000);
    await cluster.ready();
  }
  for (const writer of writers) await writer.stop();
  for (const { stop } of agents) await stop();
  await quiet(store);
  const subjects = [];
  for await (const { subject } of store.audit.read(0)) subjects.push(subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  const { said } = await verdictOn(store);
  expect(said).toEqual([]);
}, 300_000);

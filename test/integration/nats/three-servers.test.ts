import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import type { CommitOutcome } from '../../../src/ports/registry.ts';
import { startTestCluster, type TestCluster } from '../harness/cluster.ts';
import type { TestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { type Opened, openOn, recordAndEvent } from './support/open-store.ts';
import { WatchRecorder } from './support/watch-recorder.ts';

const three = { replicas: 3 };

const created = (key: string) => recordAndEvent(key, 0, key, `a.b.run.${key}`);

async function revisionOf({ store }: Opened, key: string): Promise<number> {
  const outcome = await store.registry.commit(created(key));
  if (outcome.outcome !== 'committed') throw new Error(outcome.outcome);
  return outcome.revisions.get(key) ?? 0;
}

/** What each commit of an endless row of new records said, and when. */
class Writer implements AsyncDisposable {
  readonly said: { readonly key: string; readonly outcome: CommitOutcome; readonly at: number }[] =
    [];
  #on = true;
  readonly #writing: Promise<unknown>;

  constructor({ store }: Opened, lanes: number, pace: number) {
    const lane = async (which: number) => {
      for (let n = 0; this.#on; n += 1) {
        const key = `agent.${which}.${n}`;
        const outcome = await store.registry.commit(created(key));
        this.said.push({ key, outcome, at: performance.now() });
        await sleep(pace);
      }
    };
    this.#writing = Promise.all(Array.from({ length: lanes }, (_, which) => lane(which)));
  }

  committed(): number {
    return this.said.filter(({ outcome }) => outcome.outcome === 'committed').length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#on = false;
    await this.#writing;
  }
}

const others = (cluster: TestCluster, ...not: readonly TestServer[]): readonly string[] =>
  cluster.nodes.filter((node) => !not.includes(node)).map((node) => node.url);

describe('concurrent commits with a fence on one record', () => {
  test('can be refused by the server without reason if each is sent alone', async () => {
    await using cluster = await startTestCluster(3);
    await using opened = await openOn(cluster.urls, three);
    const { raw, names } = opened;
    const revision = await revisionOf(opened, 'agent.fence.b');
    const publish = async (n: number) => {
      const hdrs = headers();
      hdrs.set('Nats-Expected-Last-Subject-Sequence', `${revision}`);
      const fence = `${names.registry.prefix}agent.fence.b`;
      hdrs.set('Nats-Expected-Last-Subject-Sequence-Subject', fence);
      const subject = `${names.eventPrefix}bare.${n}`;
      const reply = await raw.request(subject, 'x', { headers: hdrs, timeout: 5000 });
      return reply.json<{ error?: { err_code: number } }>().error?.err_code;
    };
    const codes = await Promise.all(Array.from({ length: 100 }, (_, n) => publish(n)));
    expect(new Set(codes)).toEqual(new Set([undefined, 10164]));
  });

  test('all succeed after retries', async () => {
    await using cluster = await startTestCluster(3);
    await using opened = await openOn(cluster.urls, three);
    const fence = {
      key: 'agent.fence.b',
      expectedRevision: await revisionOf(opened, 'agent.fence.b'),
    };
    const commits = Array.from({ length: 100 }, (_, n) => created(`agent.a.${n}`));
    const outcomes = await Promise.all(
      commits.map((commit) => opened.store.registry.commit({ ...commit, fences: [fence] })),
    );
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['committed']));
  });

  test('and a concurrent writer of it: the later write is refused, and no write is lost', async () => {
    await using cluster = await startTestCluster(3);
    await using opened = await openOn(cluster.urls, three);
    const { registry } = opened.store;
    const expected = await revisionOf(opened, 'agent.fence.b');
    const fences = [{ key: 'agent.fence.b', expectedRevision: expected }];
    const some = (from: number) =>
      Array.from({ length: 30 }, (_, n) => {
        const key = `agent.a.${from + n}`;
        return { key, committing: registry.commit({ ...created(key), fences }) };
      });
    const before = some(0);
    await sleep(5);
    const rewrite = recordAndEvent('agent.fence.b', expected, 'new', 'a.b.run.rewrite');
    const rewriting = registry.commit(rewrite);
    const fenced = [...before, ...some(30)];
    expect(await rewriting).toMatchObject({ outcome: 'committed' });
    fenced.push(...some(60));
    const { revision } = await registry.read('agent.fence.b');
    for (const { key, committing } of fenced) {
      const outcome = await committing;
      if (outcome.outcome === 'committed')
        expect(outcome.revisions.get(key)).toBeLessThan(revision);
      else expect(outcome).toEqual({ outcome: 'conflict' });
    }
  });
});

describe('the kill of a server', () => {
  test('that had the consumer of a watch delays its changes by seconds, and loses none (B5)', async () => {
    await using cluster = await startTestCluster(3);
    await using writes = await openOn(cluster.urls, three);
    const { names, jsm } = writes;
    const { namespace } = names;
    const leader = await cluster.leaderOf(names.registry.stream);
    const [first] = cluster.nodes.filter((node) => node !== leader);
    if (first === undefined) throw new Error('three servers have two followers');
    await using reads = await openOn([first.url], { namespace, direct: [first.url] });
    /** The server of the only consumer of a watch. */
    const host = async (): Promise<TestServer | undefined> => {
      for await (const info of jsm.consumers.list(names.registry.stream)) {
        return cluster.nodes[Number(info.cluster?.leader?.replace('node-', '')) - 1];
      }
      return undefined;
    };
    const third = cluster.nodes.find((node) => node !== leader && node !== first);
    for (;;) {
      await using watched = new WatchRecorder(reads.store.registry, ['agent.>']);
      await until('it has begun', () => watched.countOf('heartbeat') > 0);
      if (third === undefined || (await host()) !== third) continue;
      await using writer = new Writer(writes, 2, 5);
      await until('it is under way', () => watched.arrivals.length > 100);
      await third.kill();
      await sleep(8000);
      await writer[Symbol.asyncDispose]();
      const wrote = writer.said.filter(({ outcome }) => outcome.outcome === 'committed');
      const arrived = () => new Map(watched.arrivals.map(({ key, at }) => [key, at]));
      await until('it has all', () => {
        const there = arrived();
        return wrote.every(({ key }) => there.has(key));
      });
      const there = arrived();
      const delays = wrote.map(({ key, at }) => (there.get(key) ?? Number.NaN) - at);
      // A new consumer is placed by the leader of the cluster's own group: 2.0 to 2.5 s were seen on a quiet
      // machine, 4 to 6 s where that leader had to be elected first, up to 9.4 s where much else was done.
      expect(Math.max(...delays)).toBeLessThan(15_000);
      expect(watched.arrivals).toHaveLength(there.size);
      expect(watched.countOf('snapshot')).toBe(1);
      expect(watched.countOf('stale')).toBeGreaterThan(0);
      return;
    }
  });

  test('that was the leader of the registry makes no commit report a wrong outcome', async () => {
    await using cluster = await startTestCluster(3);
    await using setup = await openOn(cluster.urls, three);
    const { namespace, registry } = setup.names;
    const leader = await cluster.leaderOf(registry.stream);
    await using opened = await openOn(others(cluster, leader), { namespace });
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await using writer = new Writer(opened, 8, 1);
    await until('it is under way', () => writer.committed() > 200);
    await leader.kill();
    const old = writer.committed();
    await until('there is a new leader', () => writer.committed() > old + 200);
    await writer[Symbol.asyncDispose]();
    const entries = await opened.store.registry.list(['agent.>'], 0);
    const stored = new Map(entries.map(({ key, revision }) => [key, revision]));
    for (const { key, outcome } of writer.said) {
      if (outcome.outcome === 'committed') {
        expect(stored.get(key)).toBe(outcome.revisions.get(key));
      } else if (outcome.outcome !== 'unknown') expect(stored.has(key)).toBe(false);
    }
    await until('the watch has all', () => watched.keys.length === stored.size);
    // Up to 46 s were seen until the audit's source found the new leader; nothing was lost.
    const audited = async () => (await opened.store.audit.range()).last === stored.size;
    await until('the audit has all', audited, 90_000);
    // The kill was felt: for as long as there was no leader nothing was committed.
    const at = writer.said
      .filter(({ outcome }) => outcome.outcome === 'committed')
      .map((s) => s.at);
    const gaps = at.slice(1).map((time, n) => time - (at[n] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(250);
  });

  test('that was the leader of the leases loses no lease with a ttl longer than the election', async () => {
    await using cluster = await startTestCluster(3);
    await using setup = await openOn(cluster.urls, three);
    const { names } = setup;
    const leader = await cluster.leaderOf(names.leases.stream);
    await using opened = await openOn(others(cluster, leader), { namespace: names.namespace });
    const { leases } = opened.store;
    const keys = Array.from({ length: 200 }, (_, n) => `run.a.b.run${n}`);
    const held = new Map<string, number>();
    const ttl = 15_000;
    for (const key of keys) {
      const outcome = await leases.create(key, key, ttl);
      if (outcome !== 'taken') held.set(key, outcome.revision);
    }
    await leader.kill();
    const renewedBy = performance.now() + 20_000;
    const renew = async (key: string) => {
      while (performance.now() < renewedBy) {
        await sleep(3000 + Math.floor(renewedBy % 1000));
        const at = held.get(key) ?? 0;
        const outcome = await leases.renew(key, key, at, ttl).catch(() => undefined);
        if (outcome === 'lost') throw new Error(`${key} is lost`);
        if (outcome !== undefined) held.set(key, outcome.revision);
      }
    };
    await Promise.all(keys.map(renew));
    expect(await leases.list('run.>')).toHaveLength(keys.length);
  });
});

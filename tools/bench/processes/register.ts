import process from 'node:process';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { type Access, connectBare } from '../environment/access.ts';
import { storeBare } from '../environment/baseline-batch.ts';
import { watchBare } from '../environment/baseline-watch.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import type { Jobs } from './job.ts';
import { HostMessages, startOne } from './started-agent.ts';

/** Starts an agent, and stores the same records and the same messages with the bare client, in turns. */
export async function register(
  access: Access,
  { instances, rounds, etcd }: Jobs['register']['task'],
): Promise<Jobs['register']['answer']> {
  const bare = await connectBare(access);
  const { registry } = subjectNamesOf(access.namespace);
  const serving: Millis[] = [];
  const seen: Millis[] = [];
  const cpu: Millis[] = [];
  const records: Millis[] = [];
  const messages: Millis[] = [];
  const etcdStored: Millis[] = [];
  const etcdSeen: Millis[] = [];
  let host: HostMessages | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const name = `host-${round}`;
    const watched = await arrival(
      bare,
      registry.stream,
      `${registry.prefix}instance.${name}.>`,
      instances,
    );
    const before = process.cpuUsage();
    const began = performance.now();
    const agent = await startOne(access, name, instances);
    serving.push(performance.now() - began);
    seen.push((await watched.all) - began);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    host ??= await HostMessages.read(bare, access, name);
    await agent.stop();
    for (const [into, events] of [
      [records, false],
      [messages, true],
    ] as const) {
      const own = `${round}-${events}`;
      const filter = `${registry.prefix}bare.${own}.>`;
      const stored = await arrival(bare, registry.stream, filter, host.records.length);
      const started = performance.now();
      await storeBare(bare, host.under(access, own, events));
      // The records come first, so a watcher of them has all before the events are stored.
      const acknowledged = events ? performance.now() : 0;
      into.push(Math.max(await stored.all, acknowledged) - started);
    }
    if (etcd !== undefined) {
      const { stored, seen: all } = await registerInEtcd(etcd, name, host.records);
      etcdStored.push(stored);
      etcdSeen.push(all);
    }
  }
  await bare.close();
  const count = host === undefined ? 0 : host.records.length + host.events.length;
  return { serving, seen, cpu, records, messages, etcdStored, etcdSeen, count };
}

/** Stores records in etcd under a new lease. The watcher is there before; connecting is part of it, as in a start. */
async function registerInEtcd(
  address: string,
  host: string,
  records: readonly string[],
): Promise<{ readonly stored: Millis; readonly seen: Millis }> {
  await using opened = new AsyncDisposableStack();
  const watcher = opened.adopt(new EtcdClient(address), (client) => client.close());
  const all = Promise.withResolvers<Millis>();
  let left = records.length;
  await watcher.watch(`registry/${host}/`, () => {
    left -= 1;
    if (left === 0) all.resolve(performance.now());
  });
  const began = performance.now();
  const writer = opened.adopt(new EtcdClient(address), (client) => client.close());
  const lease = await writer.grantLease();
  await writer.create(
    records.map((value, n) => ({ key: `registry/${host}/${n}`, value })),
    lease,
  );
  const stored = performance.now() - began;
  return { stored, seen: (await all.promise) - began };
}

/** Watches; `all` resolves with the time when so many messages have arrived. */
async function arrival(
  bare: NatsConnection,
  stream: string,
  filter: string,
  count: number,
): Promise<{ readonly all: Promise<Millis> }> {
  const all = Promise.withResolvers<Millis>();
  let left = count;
  await watchBare(bare, { stream, filter, from: 0 }, () => {
    left -= 1;
    if (left === 0) all.resolve(performance.now());
  });
  return { all: all.promise };
}

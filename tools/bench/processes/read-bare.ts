import { cpuUsage, memoryUsage } from 'node:process';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { type Access, connectBare } from '../environment/access.ts';
import { watchBare } from '../environment/baseline-watch.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import type { Jobs, Reading } from './job.ts';
import { collectedHeap } from './read-directory.ts';

/** Reads the same messages with the bare client, and parses each as JSON. */
export async function readBare(
  access: Access,
  { messages }: Jobs['read-bare']['task'],
): Promise<Reading> {
  const heap = collectedHeap();
  const before = memoryUsage.rss();
  const idle = cpuUsage();
  const began = performance.now();
  const bare = await connectBare(access);
  const { registry } = subjectNamesOf(access.namespace);
  const all = Promise.withResolvers<void>();
  let count = 0;
  await watchBare(
    bare,
    { stream: registry.stream, filter: `${registry.prefix}>`, from: 0 },
    (msg) => {
      JSON.parse(msg.string());
      count += 1;
      if (count === messages) all.resolve();
    },
  );
  await all.promise;
  const took = performance.now() - began;
  const grew = memoryUsage.rss() - before;
  const { user, system } = cpuUsage(idle);
  const grown = collectedHeap() - heap;
  await bare.close();
  return { took, cpu: (user + system) / 1000, grew, heap: grown, count };
}

/** Reads all records from etcd in one request, and parses each as JSON. */
export async function readEtcd(_: Access, { etcd }: Jobs['read-etcd']['task']): Promise<Reading> {
  const heap = collectedHeap();
  const before = memoryUsage.rss();
  const idle = cpuUsage();
  const began = performance.now();
  const client = new EtcdClient(etcd);
  const rows = (await client.list('registry/')).map((value) => JSON.parse(value.toString()));
  const took = performance.now() - began;
  const grew = memoryUsage.rss() - before;
  const { user, system } = cpuUsage(idle);
  const grown = collectedHeap() - heap;
  client.close();
  return { took, cpu: (user + system) / 1000, grew, heap: grown, count: rows.length };
}

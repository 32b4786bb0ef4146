import { cpuUsage, memoryUsage } from 'node:process';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { type Access, connectBare } from '../environment/access.ts';
import { BareClientLost, lossOf, watchBare } from '../environment/baseline-watch.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import type { Jobs, Reading } from './job.ts';
import { collectedHeap } from './read-directory.ts';

const attempts = 5;

/** Reads the same messages with the bare client, and parses each as JSON. Begins again if the server cuts it off. */
export async function readBare(
  access: Access,
  { messages }: Jobs['read-bare']['task'],
): Promise<Reading> {
  for (let left = attempts; ; left -= 1) {
    try {
      return await readOnce(access, messages);
    } catch (cause) {
      if (!(cause instanceof BareClientLost) || left === 1) throw cause;
    }
  }
}

async function readOnce(access: Access, messages: number): Promise<Reading> {
  const heap = collectedHeap();
  const before = memoryUsage.rss();
  const idle = cpuUsage();
  const began = performance.now();
  await using opened = new AsyncDisposableStack();
  const bare = opened.adopt(await connectBare(access), (one) => one.close());
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
  await Promise.race([all.promise, lossOf(bare)]);
  const took = performance.now() - began;
  const grew = memoryUsage.rss() - before;
  const { user, system } = cpuUsage(idle);
  const grown = collectedHeap() - heap;
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

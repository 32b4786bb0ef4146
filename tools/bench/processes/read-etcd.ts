import { cpuUsage, memoryUsage } from 'node:process';
import type { Access } from '../environment/access.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import type { Jobs, Reading } from './job.ts';
import { collectedHeap } from './read-directory.ts';

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

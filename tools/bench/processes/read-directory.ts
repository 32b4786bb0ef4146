import { cpuUsage, memoryUsage } from 'node:process';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { type Access, openStore, portsOf } from '../environment/access.ts';
import type { Reading } from './job.ts';

/** Builds a directory from a cold start until every instance is joined with its run. */
export async function readDirectory(access: Access): Promise<Reading> {
  const heap = collectedHeap();
  const before = memoryUsage.rss();
  const idle = cpuUsage();
  const began = performance.now();
  await using store = await openStore(access, 'directory');
  await using directory = new Directory(portsOf(store), { seatsEvery: seconds(15) });
  await directory.ready;
  const rows = directory.instances();
  const took = performance.now() - began;
  const { user, system } = cpuUsage(idle);
  const grew = memoryUsage.rss() - before;
  const cpu = (user + system) / 1000;
  return { took, cpu, grew, heap: collectedHeap() - heap, count: rows.length };
}

/** The size of the heap after a collection; without `--expose-gc`, as it is. */
export function collectedHeap(): number {
  globalThis.gc?.();
  return memoryUsage().heapUsed;
}

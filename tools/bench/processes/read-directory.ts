import { cpuUsage, memoryUsage } from 'node:process';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { type Access, openStore, portsOf } from '../environment/access.ts';
import type { Reading } from './job.ts';

/** Builds a directory from a cold start until every instance is joined with its run. */
export async function readDirectory(access: Access): Promise<Reading> {
  const before = memoryUsage.rss();
  const idle = cpuUsage();
  const began = performance.now();
  await using store = await openStore(access, 'directory');
  await using directory = new Directory(portsOf(store), { seatsEvery: seconds(15) });
  await directory.ready;
  const count = directory.instances().length;
  const took = performance.now() - began;
  const { user, system } = cpuUsage(idle);
  return { took, cpu: (user + system) / 1000, grew: memoryUsage.rss() - before, count };
}

import process from 'node:process';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { type Access, openStore, portsOf } from '../environment/access.ts';
import type { Jobs } from './job.ts';

type WatchFleet = Jobs['watch-fleet'];

/** Takes a seat and watches. Measures the cost in rounds of one second after it has seen all runs. */
export async function watchFleet(
  access: Access,
  { lease, rounds, settle }: WatchFleet['task'],
): Promise<WatchFleet['answer']> {
  const me = {
    host: HostId.parse('watch'),
    agent: AgentName.parse('collector'),
    run: systemEntropy.runId(),
  };
  let heartbeats = 0;
  const ports = portsOf(await openStore(access, me));
  const metrics = {
    ...ports.metrics,
    heartbeats: (messages: number) => {
      heartbeats += messages;
    },
  };
  const sighted = Promise.withResolvers<void>();
  const collector = new Collector(
    me,
    { lease, onTransition: ({ event }) => event.type === 'sighted' && sighted.resolve() },
    { ...ports, metrics },
  );
  await Promise.race([sighted.promise, collector.done]);
  await systemClock.sleep(settle);
  heartbeats = 0;
  const cpu: number[] = [];
  const memory: number[] = [];
  const began = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    const from = performance.now();
    await systemClock.sleep(1000);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 10 / (performance.now() - from));
    memory.push(process.memoryUsage.rss() / 1e6);
  }
  const lasted = (performance.now() - began) / 1000;
  return { cpu, memory, heartbeats: heartbeats / lasted, state: collector.state };
}

import { Connection } from '../../src/adapters/memory/connection.ts';
import { recordSubject } from '../../src/adapters/memory/layout.ts';
import { directLink } from '../../src/adapters/memory/link.ts';
import { memoryStore } from '../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { MemoryWorld } from '../../src/adapters/memory/world.ts';
import type { Subject } from './subject.ts';

/** The memory store on virtual time. */
export async function openMemory(): Promise<Subject> {
  const clock = new VirtualClock();
  const world = new MemoryWorld(clock);
  const store = memoryStore(world);
  const write = (bucket: 'leases' | 'registry', key: string, text: string | undefined) =>
    bucket === 'leases'
      ? world.leases.append(key, text)
      : world.registry.append(recordSubject(key), text);
  return {
    store,
    other: async () => memoryStore(world),
    connections: async (of) => {
      const slot = of && { host: of.host, agent: of.agent };
      return [memoryStore(world, directLink, new Connection(world, slot))];
    },
    put: async (bucket, key, text) => void write(bucket, key, text),
    remove: async (bucket, key) => void write(bucket, key, undefined),
    elapse: (duration) => clock.advance(duration),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

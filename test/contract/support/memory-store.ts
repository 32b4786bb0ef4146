import { Connection } from '../../../src/adapters/memory/server/connection.ts';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { directTransport } from '../../../src/adapters/memory/server/transport.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import type { Subject } from './store-under-test.ts';

/** The memory store on virtual time. */
export async function openMemory(): Promise<Subject> {
  const clock = new VirtualClock();
  const world = new MemoryServer(clock);
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
      return [memoryStore(world, directTransport, new Connection(world, slot))];
    },
    put: async (bucket, key, text) => void write(bucket, key, text),
    remove: async (bucket, key) => void write(bucket, key, undefined),
    copy: async (stream, restored) => {
      const [registry, audit] = [world.registry.copy(), world.audit.copy()];
      const restore = () => {
        if (stream === 'audit') return world.audit.restore(audit);
        world.registry.restore(registry);
        if (restored === 'while-running') world.audit.copyAgain();
      };
      return { restore: async () => restore() };
    },
    makeAnew: async (stream) =>
      stream === 'registry' ? world.makeRegistryAnew() : world.audit.makeAnew(),
    refuseWatches: async () => {
      const before = world.refusesWatch;
      world.refusesWatch = (_, stream) =>
        stream === world.registry ? 'the stream has all its consumers' : undefined;
      return {
        [Symbol.asyncDispose]: async () => {
          world.refusesWatch = before;
        },
      };
    },
    elapse: (duration) => clock.advance(duration),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

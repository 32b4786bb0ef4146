import { cp, rm } from 'node:fs/promises';
import type { TestServer } from './nats-server.ts';

/** A copy of a server's store as it was, which can be put back: a restore from a backup. */
export type StoreCopy = AsyncDisposable & {
  /** Stops the server, puts the copy in the place of its store, and starts it again. */
  restore(): Promise<void>;
};

/**
 * Stops the server for a moment and copies its streams. With `streams`, only these are put back; the others
 * stay as they are.
 */
export async function copyOfStore(
  server: TestServer,
  streams?: readonly string[],
): Promise<StoreCopy> {
  const store = `${server.storeDir}/jetstream`;
  const copy = `${server.storeDir}-copy`;
  await server.stop();
  await cp(store, copy, { recursive: true });
  await server.restart();
  const parts = streams?.map((stream) => `/APP/streams/${stream}`) ?? [''];
  return {
    restore: async () => {
      await server.stop();
      for (const part of parts) {
        await rm(store + part, { recursive: true });
        await cp(copy + part, store + part, { recursive: true });
      }
      await server.restart();
    },
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }),
  };
}

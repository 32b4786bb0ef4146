import type { Disconnect, DisconnectEvents } from '../../ports/disconnects.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { sendOver, type Transport } from './server/transport.ts';

/** The disconnect events of one client. Disposing it ends all of its watches. */
export interface MemoryDisconnects extends DisconnectEvents, Disposable {}

export function memoryDisconnects(
  { advisories }: MemoryServer,
  transport: Transport,
): MemoryDisconnects {
  const closed = new AbortController();
  return {
    async watch(onDisconnect, signal) {
      const end = AbortSignal.any([signal, closed.signal]);
      if (end.aborted) return;
      const deliver = (disconnect: Disconnect) => {
        if (!end.aborted) onDisconnect(disconnect);
      };
      using _subscription = advisories.listen((disconnect) =>
        sendOver(transport.carry(() => deliver(disconnect))),
      );
      await new Promise<void>((resolve) => {
        end.addEventListener('abort', () => resolve());
      });
    },

    [Symbol.dispose]: () => closed.abort(),
  };
}

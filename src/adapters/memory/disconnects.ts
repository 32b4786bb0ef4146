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
      // No composite signal: Node.js keeps its listeners until it aborts, and a killed process aborts none.
      const both = [signal, closed.signal];
      const isOver = () => both.some(({ aborted }) => aborted);
      if (isOver()) return;
      const deliver = (disconnect: Disconnect) => {
        if (!isOver()) onDisconnect(disconnect);
      };
      using _subscription = advisories.listen((disconnect) =>
        sendOver(transport.carry(() => deliver(disconnect))),
      );
      await new Promise<void>((resolve) => {
        for (const end of both) end.addEventListener('abort', () => resolve(), { once: true });
      });
    },

    [Symbol.dispose]: () => closed.abort(),
  };
}

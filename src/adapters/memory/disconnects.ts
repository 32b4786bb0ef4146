import type { Disconnect, DisconnectEvents } from '../../ports/disconnects.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { sendOver, type Transport } from './server/transport.ts';

/** The departures of one client, and the end of all its watches. */
export interface MemoryDepartures extends DisconnectEvents, Disposable {}

export function memoryDepartures({ advisories }: MemoryServer, link: Transport): MemoryDepartures {
  const closed = new AbortController();
  return {
    async watch(said, signal) {
      const end = AbortSignal.any([signal, closed.signal]);
      if (end.aborted) return;
      const say = (departure: Disconnect) => {
        if (!end.aborted) said(departure);
      };
      using _listening = advisories.listen((departure) =>
        sendOver(link.carry(() => say(departure))),
      );
      await new Promise<void>((resolve) => {
        end.addEventListener('abort', () => resolve());
      });
    },

    [Symbol.dispose]: () => closed.abort(),
  };
}

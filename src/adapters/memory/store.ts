import type { Store } from '../../ports/ports.ts';
import { memoryAudit } from './audit.ts';
import { memoryCharts } from './charts.ts';
import { memoryDepartures } from './disconnects.ts';
import { memoryKeyframes } from './keyframes.ts';
import { memoryLeases } from './leases.ts';
import { memoryRegistry } from './registry.ts';
import { memoryProbe } from './run-messaging.ts';
import { Connection } from './server/connection.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { directLink, type Transport } from './server/transport.ts';

/**
 * One client of the world. Disposing it is what a dying process does: nobody answers for it, and its
 * connection closes.
 */
export function memoryStore(
  world: MemoryServer,
  link: Transport = directLink,
  connection: Connection = new Connection(world),
): Store & AsyncDisposable {
  const messaging = memoryProbe(world, link, () => connection.isOpen);
  const disconnects = memoryDepartures(world, link);
  return {
    leases: memoryLeases(world, link),
    registry: memoryRegistry(world, link),
    audit: memoryAudit(world, link),
    keyframes: memoryKeyframes(world, link),
    charts: memoryCharts(world, link),
    messaging,
    disconnects,
    async [Symbol.asyncDispose]() {
      messaging[Symbol.dispose]();
      disconnects[Symbol.dispose]();
      connection.close();
    },
  };
}

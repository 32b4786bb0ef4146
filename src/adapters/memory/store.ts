import type { Store } from '../../ports/ports.ts';
import { memoryAudit } from './audit.ts';
import { memoryCharts } from './charts.ts';
import { memoryDisconnects } from './disconnects.ts';
import { memoryKeyframes } from './keyframes.ts';
import { memoryLeases } from './leases.ts';
import { memoryRegistry } from './registry.ts';
import { memoryRunMessaging } from './run-messaging.ts';
import { Connection } from './server/connection.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { directTransport, requestOver, type Transport } from './server/transport.ts';

/**
 * One client of the server. Disposing it is like the death of its process: its subscriptions end and
 * its connection closes.
 */
export function memoryStore(
  server: MemoryServer,
  transport: Transport = directTransport,
  connection: Connection = new Connection(server),
): Store & AsyncDisposable {
  const messaging = memoryRunMessaging(server, transport, () => connection.isOpen);
  const disconnects = memoryDisconnects(server, transport);
  return {
    leases: memoryLeases(server, transport),
    registry: memoryRegistry(server, transport),
    audit: memoryAudit(server, transport),
    keyframes: memoryKeyframes(server, transport),
    charts: memoryCharts(server, transport),
    messaging,
    disconnects,
    serverTime: {
      now: () => requestOver(transport, "reading the server's time", () => server.clock.wall()),
    },
    async [Symbol.asyncDispose]() {
      messaging[Symbol.dispose]();
      disconnects[Symbol.dispose]();
      connection.close();
    },
  };
}

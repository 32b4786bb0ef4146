import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Loopback ports that are free now. Another program may take one before it is used. */
export async function freePorts(count: number): Promise<number[]> {
  const listening: Server[] = [];
  for (let i = 0; i < count; i++) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    listening.push(server);
  }
  const ports = listening.map(portOf);
  for (const server of listening) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

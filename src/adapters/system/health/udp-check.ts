import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { UdpProbe } from '../../../domain/records/health-check.ts';
import type { Millis } from '../../../domain/time.ts';
import { errorReason } from './error-reason.ts';
import type { HealthCheckFn } from './run-health-check.ts';

/** How long the host may take to report a closed port (ICMP) if no reply is expected. */
const refusalWithin: Millis = 300;

/**
 * Sends a datagram. With `expectReply` it expects any reply; else it fails only if the host reports that
 * the port is closed. A firewall that drops datagrams is not noticed without a reply.
 */
export function udpCheck({ host, port, send = '', expectReply = false }: UdpProbe): HealthCheckFn {
  return async (signal) => {
    const label = `${host}:${port}`;
    const found = await lookup(host).catch(errorReason);
    if (typeof found === 'string') return `${label}: ${found}`;
    const socket = createSocket(found.family === 6 ? 'udp6' : 'udp4');
    const close = () => closeSocket(socket);
    signal.addEventListener('abort', close, { once: true });
    try {
      return await new Promise<string | undefined>((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const settle = (detail: string | undefined) => {
          clearTimeout(timer);
          resolve(detail);
        };
        socket.once('error', (cause) => settle(`${label}: ${errorReason(cause)}`));
        socket.once('close', () => settle('aborted'));
        socket.once('message', () => settle(undefined));
        // A connected socket receives the report of a closed port.
        socket.connect(port, found.address, () => {
          socket.send(send, (error) => {
            if (error) return settle(`${label}: ${errorReason(error)}`);
            if (!expectReply) timer = setTimeout(settle, refusalWithin, undefined);
          });
        });
      });
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
}

function closeSocket(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}

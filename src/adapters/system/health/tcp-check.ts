import { connect, type NetConnectOpts } from 'node:net';
import type { SocketAddress } from '../../../domain/records/health-check.ts';
import { errorReason } from './error-reason.ts';
import type { HealthCheckFn } from './health-check.ts';

/** Opens a connection, expects it to be accepted, and closes it. */
export const tcpCheck = (address: SocketAddress): HealthCheckFn =>
  connects({ host: address.host, port: address.port }, `${address.host}:${address.port}`);

/** The same for the socket at a path. */
export const unixCheck = (path: string): HealthCheckFn => connects({ path }, path);

function connects(to: NetConnectOpts, label: string): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const socket = connect(to);
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        resolve(detail);
      };
      const abort = () => settle('aborted');
      socket.once('connect', () => settle(undefined));
      socket.once('error', (cause) => settle(`${label}: ${errorReason(cause)}`));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
}

import { connect, type NetConnectOpts } from 'node:net';
import type { SocketAddress } from '../../../domain/records/health-check.ts';
import { errorReason } from './error-reason.ts';
import type { HealthCheckFn } from './run-health-check.ts';

/** Opens a connection, expects it to be accepted, and closes it. One of several addresses is enough. */
export const tcpCheck = (addresses: SocketAddress | readonly SocketAddress[]): HealthCheckFn => {
  const checks = [addresses]
    .flat()
    .map(({ host, port }) => connects({ host, port }, `${host}:${port}`));
  return async (signal) => {
    const details = await Promise.all(checks.map((check) => check(signal)));
    return details.includes(undefined) ? undefined : details.join('; ');
  };
};

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

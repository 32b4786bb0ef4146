import { connect } from 'node:net';
import type { HealthCheckFn } from './health-check.ts';

/** Opens a connection, expects it to be accepted, and closes it. */
export function tcpCheck(address: { readonly host: string; readonly port: number }): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const socket = connect(address);
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        resolve(detail);
      };
      const abort = () => settle('aborted');
      socket.once('connect', () => settle(undefined));
      socket.once('error', (cause) =>
        settle(`${address.host}:${address.port}: ${reasonOf(cause)}`),
      );
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
}

/** With several addresses, the error has no message of its own. */
const reasonOf = (cause: Error): string =>
  cause instanceof AggregateError ? String(cause.errors[0]?.message ?? cause) : cause.message;

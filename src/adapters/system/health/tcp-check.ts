import { connect } from 'node:net';
import type { HealthCheckFn } from './health-check.ts';

/** A connection that must be accepted; it is closed at once. */
export function tcpProbe(to: { readonly host: string; readonly port: number }): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const socket = connect(to);
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', aborted);
        socket.destroy();
        resolve(detail);
      };
      const aborted = () => settle('aborted');
      socket.once('connect', () => settle(undefined));
      socket.once('error', (cause) => settle(`${to.host}:${to.port}: ${reasonOf(cause)}`));
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    });
}

/** Several addresses tried make one error without words of its own. */
const reasonOf = (cause: Error): string =>
  cause instanceof AggregateError ? String(cause.errors[0]?.message ?? cause) : cause.message;

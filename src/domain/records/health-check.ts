import type { Millis } from '../time.ts';

/** A periodic health check of an instance: an HTTP request, a TCP connection or a command. */
export type HealthCheck = (
  | { readonly http: string }
  | { readonly tcp: { readonly host: string; readonly port: number } }
  /** The command and its arguments; no shell. */
  | { readonly exec: readonly string[] }
) & {
  /** From the start of one check to the start of the next. A longer check delays the next. */
  readonly every: Millis;
  readonly timeout: Millis;
  /** Failures in a row after which the instance is `failing`. One success makes it `serving`. */
  readonly failAfter: number;
};

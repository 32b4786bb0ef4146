import { Fault } from '../../../src/domain/fault.ts';
import type { Ports } from '../../../src/ports/ports.ts';

/** A function of a port: the port, and the name of the function; '' if the port is a function. */
export type PortCall = readonly [port: string, name: string];

/** Every function of a port that an agent or a collector calls, and so every task in which it can fail. */
export const portCalls: readonly PortCall[] = [
  ['leases', 'create'],
  ['leases', 'renew'],
  ['leases', 'read'],
  ['leases', 'release'],
  ['leases', 'list'],
  ['leases', 'watch'],
  ['registry', 'read'],
  ['registry', 'list'],
  ['registry', 'commit'],
  ['registry', 'watch'],
  ['audit', 'append'],
  ['audit', 'tidy'],
  ['audit', 'range'],
  ['messaging', 'serve'],
  ['messaging', 'ping'],
  ['disconnects', 'watch'],
  ['serverTime', 'now'],
  ['keyframes', 'list'],
  ['clock', 'sleep'],
  ['entropy', 'fraction'],
  ['signatures', 'sign'],
  ['hash', ''],
];

/** Kinds of failures that no caller expects there. */
export const unforeseen = [
  ['a bug', () => new TypeError('unforeseen')],
  ['a refusal', () => new Fault('store-refused', 'unforeseen')],
] as const;

/** Makes the next call of the function throw, once. */
export function breakNext(ports: Ports, [port, name]: PortCall, cause: () => Error): void {
  const all = ports as unknown as Record<string, Record<string, unknown>>;
  // The memory store shares its signatures; the clock is an object of this process.
  if (port === 'signatures') all[port] = { ...all[port] };
  const owner = name === '' ? (all as Record<string, unknown>) : (all[port] ?? {});
  const key = name === '' ? port : name;
  const original = owner[key] as (...args: unknown[]) => unknown;
  owner[key] = () => {
    owner[key] = (...args: unknown[]) => original.apply(owner, args);
    throw cause();
  };
}

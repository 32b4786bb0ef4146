import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { pid as ownPid, versions } from 'node:process';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { ProcessTable } from '../../ports/processes.ts';
import { sendSignal } from './send-signal.ts';

/** The version of Node that runs this process. */
export const nodeVersion = versions.node;

/** Identifies a process: a pid is unique only within one pid namespace of one boot. */
export type ProcessIdentity = AgentRecord['process'];

export const thisProcess = (): ProcessIdentity => processIdentity(ownPid);

/** The identity of a process in our own boot and pid namespace. */
export const processIdentity = (pid: number): ProcessIdentity => ({
  boot: bootId(),
  namespace: pidNamespace(),
  pid,
});

/** The processes that this process can see: those in its own boot and pid namespace. */
export function systemProcesses(own: ProcessIdentity = thisProcess()): ProcessTable {
  return {
    isGone: ({ boot, namespace, pid }) =>
      boot === own.boot && namespace === own.namespace && isPid(pid) && !isAlive(pid),
  };
}

/** The kernel reads 0 and negative numbers as process groups, and a record may contain any number. */
const isPid = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && pid < 2 ** 31;

/** Only "no such process" proves the end. A zombie has ended, even if its parent never reaps it. */
const isAlive = (pid: number): boolean => sendSignal(pid, 0) !== 'gone' && stateOf(pid) !== 'Z';

/** The state letter, which follows the name (a name may contain parentheses); undefined outside Linux. */
const stateOf = (pid: number): string | undefined =>
  attempt(() => /\) (\S)[^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);

/** Outside Linux, the minute of the boot. If it differs by rounding, `isGone` is false, which is safe. */
const bootId = (): string =>
  attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ??
  `booted-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;

const pidNamespace = (): string => attempt(() => readlinkSync('/proc/self/ns/pid')) ?? hostname();

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { pid as ownPid } from 'node:process';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { ProcessTable } from '../../ports/processes.ts';
import { sendSignal } from './send-signal.ts';

/** Where a process is: a pid means something only in one pid namespace of one boot. */
export type ProcessIdentity = AgentRecord['process'];

export const thisProcess = (): ProcessIdentity => processIdentity(ownPid);

/** Where a process is that runs beside us. */
export const processIdentity = (pid: number): ProcessIdentity => ({
  boot: bootId(),
  namespace: pidNamespace(),
  pid,
});

/** The processes that this one can see: those of its own boot and pid namespace. */
export function systemProcesses(here: ProcessIdentity = thisProcess()): ProcessTable {
  return {
    isGone: ({ boot, namespace, pid }) =>
      boot === here.boot && namespace === here.namespace && isPid(pid) && !isAlive(pid),
  };
}

/** 0 and below are process groups to the kernel, and a record may hold any number. */
const isPid = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && pid < 2 ** 31;

/** Only "no such process" is proof; a zombie has ended and waits for a parent that may not care. */
const isAlive = (pid: number): boolean => sendSignal(pid, 0) !== 'gone' && stateOf(pid) !== 'Z';

/** The letter after the name, which may itself hold parentheses; undefined outside Linux. */
const stateOf = (pid: number): string | undefined =>
  attempt(() => /\) (\S)[^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);

/** Elsewhere than on Linux the minute of the boot: at worst it differs, and then nothing is known. */
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

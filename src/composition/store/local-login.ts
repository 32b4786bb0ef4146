import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendSignal } from '../../adapters/system/send-signal.ts';

/** An address on this machine, with its port. */
const loopback = /^(?:nats:\/\/)?(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d+)$/;

/** The files about the server at this port. */
export const filesOf = (folder: string, port: string | number) => ({
  password: join(folder, `${port}.password`),
  pid: join(folder, `${port}.pid`),
});

/**
 * Finds the login of the server that `rollcall up` of the same user runs at this address, at each attempt to
 * connect: the server may start later, and its password changes with each start. Other users of the machine
 * cannot read it, so they cannot enter.
 *
 * @param folder where `offerLocalLogin` (offer-local-login.ts) writes
 * @returns undefined if no such server can be at these addresses
 */
export function localLogin(
  servers: readonly string[],
  folder: string | undefined,
): { readonly find: () => { user: string; pass: string } | undefined } | undefined {
  const port = loopback.exec(servers.length === 1 ? (servers[0] ?? '') : '')?.[1];
  if (folder === undefined || port === undefined) return undefined;
  const { password, pid } = filesOf(folder, port);
  const find = () => {
    if (!isRunning(pid)) return undefined;
    try {
      return { user: 'app', pass: readFileSync(password, 'utf8') };
    } catch {
      return undefined;
    }
  };
  return { find };
}

/** Whether the process that wrote the login still runs; another server may have its port by now. */
function isRunning(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 && sendSignal(pid, 0) !== 'gone';
  } catch {
    return false;
  }
}

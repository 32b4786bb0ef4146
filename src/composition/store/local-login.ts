import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendSignal } from '../../adapters/system/send-signal.ts';

/** An address on this machine, with its port. */
const loopback = /^(?:(?:nats|tls):\/\/)?(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d+)$/;

/** What `rollcall up` leaves about its server: a password, or the folder of an access set-up. */
type Kind = 'password' | 'access';

/** The files about the server at this port. */
export const filesOf = (folder: string, port: string | number) => ({
  password: join(folder, `${port}.password`),
  access: join(folder, `${port}.access`),
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
  if (folder === undefined || portOf(servers) === undefined) return undefined;
  const find = () => {
    const pass = serverFile(servers, folder, 'password');
    return pass === undefined ? undefined : { user: 'app', pass };
  };
  return { find };
}

/** What `rollcall up` of this user left about its server at this address; undefined if it does not run. */
export function serverFile(
  servers: readonly string[],
  folder: string | undefined,
  kind: Kind,
): string | undefined {
  const port = portOf(servers);
  if (folder === undefined || port === undefined) return undefined;
  const files = filesOf(folder, port);
  if (!isRunning(files.pid)) return undefined;
  try {
    return readFileSync(files[kind], 'utf8');
  } catch {
    return undefined;
  }
}

/** The ports of the servers that `rollcall up` of this user runs now. */
export function localPorts(folder: string | undefined): readonly number[] {
  if (folder === undefined) return [];
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pid') && isRunning(join(folder, name)))
      .map((name) => Number(name.slice(0, -'.pid'.length)));
  } catch {
    return [];
  }
}

const portOf = (servers: readonly string[]): string | undefined =>
  loopback.exec(servers.length === 1 ? (servers[0] ?? '') : '')?.[1];

/** Whether the process that wrote the login still runs; another server may have its port by now. */
function isRunning(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 && sendSignal(pid, 0) !== 'gone';
  } catch {
    return false;
  }
}

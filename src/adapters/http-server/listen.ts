import type { Server } from 'node:http';
import { Fault } from '../../domain/fault.ts';

/** A TCP port, where 0 is any free port, or the path of a UNIX socket. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/**
 * Makes a server listen. `flag`: the setting that an error names, such as `--metrics`.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function listen(server: Server, address: ListenAddress, flag: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(address, resolve);
  try {
    await promise;
  } catch (cause) {
    throw listenFault(cause as NodeJS.ErrnoException, address, flag);
  }
  // A connection could not be accepted: the server goes on listening. Without a listener the error ends the process.
  server.on('error', () => {});
  server.off('error', reject);
}

/** The error of a server that cannot listen. */
export function listenFault(
  cause: NodeJS.ErrnoException,
  address: ListenAddress,
  flag: string,
): Fault {
  const [where, rule] =
    'path' in address
      ? [address.path, 'a directory in which this user may create files']
      : [
          `port ${address.port} of ${address.host}`,
          'an address of this machine, and a port that this user may open',
        ];
  if (cause.code === 'EADDRINUSE') {
    return new Fault('port-taken', `${where} (${flag}) is already in use by another program`, {
      cause,
      hint: `choose another port with ${flag}, or 0 for any free port`,
    });
  }
  return new Fault('bad-setting', `${flag} cannot listen on ${where}: ${cause.message}`, {
    cause,
    hint: `use ${rule}`,
  });
}

/** The URL of a host and a port. */
export const httpUrl = (host: string, port: number, scheme = 'http'): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;

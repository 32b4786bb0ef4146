import { once } from 'node:events';
import { chmod, lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { umask } from 'node:process';
import { Fault } from '../../domain/fault.ts';

/** Where the API listens: a TCP port, or the path of a UNIX socket. */
export type ApiAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** Owner and group may use the socket. */
const socketMode = 0o660;

/**
 * Makes the server listen, and returns its address for people. A socket that a killed process left is
 * replaced, one that answers is not.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function listen(server: Server, address: ApiAddress): Promise<string> {
  try {
    if ('path' in address) await removeDeadSocket(address.path);
    await bind(server, address);
    if ('path' in address) {
      await chmod(address.path, socketMode);
      return address.path;
    }
  } catch (cause) {
    throw cause instanceof Fault ? cause : faultOf(cause as NodeJS.ErrnoException, address);
  }
  const { address: host, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}

async function bind(server: Server, address: ApiAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  // The socket gets its mode when it is created, so that nobody else can connect before `chmod`.
  const before = 'path' in address ? umask(0o777 & ~socketMode) : undefined;
  try {
    server.listen(address, resolve);
  } finally {
    if (before !== undefined) umask(before);
  }
  await promise;
  server.off('error', reject);
}

async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new Fault('bad-setting', `--api ${path}: there is a file that is not a socket`);
  }
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw cause;
    await unlink(path);
    return;
  } finally {
    socket.destroy();
  }
  throw new Fault('port-taken', `--api ${path}: another program answers on this socket`, {
    hint: 'choose another path, or stop the other program',
  });
}

function faultOf(cause: NodeJS.ErrnoException, address: ApiAddress): Fault {
  const where = 'path' in address ? address.path : `port ${address.port} of ${address.host}`;
  if (cause.code === 'EADDRINUSE') {
    return new Fault('port-taken', `${where} (--api) is already in use by another program`, {
      cause,
      hint: 'choose another port with --api, or 0 for any free port',
    });
  }
  return new Fault('bad-setting', `--api cannot listen on ${where}: ${cause.message}`, {
    cause,
    hint: 'use an address of this machine, or a directory in which this user may create files',
  });
}

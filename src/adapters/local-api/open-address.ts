import { once } from 'node:events';
import { chmod, lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { umask } from 'node:process';
import { Fault } from '../../domain/fault.ts';
import { httpUrl, type ListenAddress, listen, listenFault } from '../http-server/listen.ts';

const flag = '--api';
/** Owner and group may use the socket. */
const socketMode = 0o660;

/**
 * Makes the server listen, and returns its address for people. A socket that a killed process left is
 * replaced, one that answers is not.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function openAddress(server: Server, address: ListenAddress): Promise<string> {
  if ('path' in address) return openSocket(server, address.path);
  await listen(server, address, flag);
  const { address: host, port } = server.address() as AddressInfo;
  return httpUrl(host, port);
}

async function openSocket(server: Server, path: string): Promise<string> {
  try {
    await removeDeadSocket(path);
    await listenWithMode(server, path);
    await chmod(path, socketMode);
  } catch (cause) {
    throw cause instanceof Fault
      ? cause
      : listenFault(cause as NodeJS.ErrnoException, { path }, flag);
  }
  return path;
}

/** The socket gets its mode when it is created, so that no other user can connect before `chmod`. */
async function listenWithMode(server: Server, path: string): Promise<void> {
  const before = umask(0o777 & ~socketMode);
  let listening: Promise<void>;
  try {
    listening = listen(server, { path }, flag);
  } finally {
    umask(before);
  }
  await listening;
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

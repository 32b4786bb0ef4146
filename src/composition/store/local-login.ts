import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsServer } from '../../adapters/embedded/start.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { sendSignal } from '../../adapters/system/send-signal.ts';

/** An address on this machine, with its port. */
const loopback = /^(?:nats:\/\/)?(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d+)$/;

const filesOf = (folder: string, port: string | number) => ({
  password: join(folder, `${port}.password`),
  pid: join(folder, `${port}.pid`),
});

/**
 * Finds the login of the server that `rollcall up` of the same user runs at this address, at each attempt to
 * connect: the server may start later, and its password changes with each start. Other users of the machine
 * cannot read it, so they cannot enter.
 *
 * @param folder where `offerLocalLogin` writes
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

/**
 * Lets commands of this user find the login of a server, until it is disposed. Also writes a login folder
 * (`--login`) into the store.
 */
export async function offerLocalLogin(
  { app, url, port }: Pick<NatsServer, 'app' | 'url' | 'port'>,
  where: { readonly folder: string | undefined; readonly store: string; readonly pid: number },
): Promise<AsyncDisposable> {
  const inStore = join(where.store, 'login');
  await writeSecretFile(join(inStore, 'password'), app.pass);
  await writeSecretFile(
    join(inStore, 'login.yaml'),
    `# Written at each start of rollcall up. Use it with --login.\nservers: ${JSON.stringify([url])}\nuser: ${app.user}\npassword-file: password\n`,
  );
  if (where.folder === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const { password, pid } = filesOf(where.folder, port);
  await writeSecretFile(password, app.pass);
  await writeSecretFile(pid, `${where.pid}`);
  return {
    async [Symbol.asyncDispose]() {
      await rm(pid, { force: true });
      await rm(password, { force: true });
    },
  };
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsServer } from '../../adapters/embedded/start.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { filesOf } from './local-login.ts';

interface Place {
  /** For the commands of this user; undefined: without a home directory. */
  readonly folder: string | undefined;
  /** Process id of `rollcall up`: the login counts while it runs. */
  readonly pid: number;
}

/**
 * Lets commands of this user find the login of a server, until it is disposed. Also writes a login folder
 * (`--login`) into the store.
 */
export async function offerLocalLogin(
  { app, url, port }: Pick<NatsServer, 'app' | 'url' | 'port'>,
  { store, ...place }: Place & { readonly store: string },
): Promise<AsyncDisposable> {
  const inStore = join(store, 'login');
  await writeSecretFile(join(inStore, 'password'), app.pass);
  await writeSecretFile(
    join(inStore, 'login.yaml'),
    `# Written at each start of rollcall up. Use it with --login.\nservers: ${JSON.stringify([url])}\nuser: ${app.user}\npassword-file: password\n`,
  );
  return offer(port, 'password', app.pass, place);
}

/** Lets commands of this user find the logins in the folder of an access set-up, until it is disposed. */
export const offerLocalAccess = (
  { port }: Pick<NatsServer, 'port'>,
  { access, host }: { readonly access: string; readonly host: string },
  place: Place,
): Promise<AsyncDisposable> => offer(port, 'access', `${access}\n${host}\n`, place);

async function offer(
  port: number,
  kind: 'password' | 'access',
  text: string,
  { folder, pid }: Place,
): Promise<AsyncDisposable> {
  if (folder === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const { pid: pidFile, ...files } = filesOf(folder, port);
  const remove = async () => {
    for (const file of [pidFile, ...Object.values(files)]) await rm(file, { force: true });
  };
  await remove();
  await writeSecretFile(files[kind], text);
  await writeSecretFile(pidFile, `${pid}`);
  return { [Symbol.asyncDispose]: remove };
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsServer } from '../../adapters/embedded/start.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { filesOf } from './local-login.ts';

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

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { NatsServer } from '../../adapters/embedded/start.ts';
import { inboxPrefixOf, type Role } from '../../adapters/nats/access/member.ts';
import { Fault } from '../../domain/fault.ts';
import type { HostId, Namespace } from '../../domain/identity/names.ts';
import { localMembers, memberFolder } from '../store/local-members.ts';
import { AccessFolder } from './access-folder.ts';
import { serverFolder } from './tls-folder.ts';

/** The access set-up of a store, in the store. */
const accessIn = (store: string): string => join(store, 'access');

/** Whether the server of this store has generated accounts: `rollcall up --secure` was used once. */
export const isSecureStore = (store: string): boolean =>
  existsSync(join(accessIn(store), 'access.json'));

/** Where the server listens. */
const host = '127.0.0.1';

/**
 * Prepares the access set-up of a store for `rollcall up --secure`: accounts, and a login of each role for the
 * commands of this user. What exists stays.
 * @throws {Fault} `bad-setting` if the store has streams that were written without such a set-up
 */
export async function secureStore(
  store: string,
  of: { readonly namespace: Namespace; readonly host: HostId },
) {
  if (!isSecureStore(store) && existsSync(join(store, 'jetstream', 'APP'))) {
    throw new Fault('bad-setting', `${store} has the streams of a server without --secure`, {
      hint: 'choose another folder: rollcall up --secure --store DIR. A server with --secure has other accounts and does not see these streams',
    });
  }
  const addressed = async (url: string, reload: readonly string[]) => {
    const tls = { names: ['localhost', '::1'], clients: false };
    const access = await AccessFolder.init(accessIn(store), { servers: [url], reload, tls });
    await access.addAll(localMembers(of));
    return access;
  };
  const access = await addressed(`tls://${host}:4222`, []);
  const login = (role: Role) => {
    const member = { namespace: of.namespace, role, name: 'local' };
    const folder = join(access.folder, memberFolder(member));
    const files = { nkey: join(folder, 'user.nk'), tlsCa: join(folder, 'ca.pem') };
    return { ...files, inboxPrefix: inboxPrefixOf(member) };
  };
  return {
    folder: access.folder,
    /** The file with the accounts, relative to the store. */
    accounts: 'access/nats-access.conf',
    /** The file with the certificate, relative to the store. */
    tls: `access/${relative(access.folder, join(serverFolder(access.folder, host), 'tls.conf'))}`,
    /** Of the process that collects and serves the dashboard. */
    collector: login('collector'),
    /** May create the streams. */
    deploy: login('deploy'),
    /** Writes the address of the server into the logins; `access add` lets it reload. */
    started: ({ url, pid }: Pick<NatsServer, 'url' | 'pid'>) => addressed(url, [`${pid}`]),
  };
}

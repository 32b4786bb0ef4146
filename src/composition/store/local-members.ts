import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Member, memberToken, type Role } from '../../adapters/nats/access/member.ts';
import { HostId, type Namespace } from '../../domain/identity/names.ts';
import { serverFile } from './local-login.ts';

type Id = Pick<Member, 'namespace' | 'role' | 'name'>;

const others: readonly Role[] = [
  'collector',
  'deploy',
  'operator',
  'auditor',
  'dashboard',
  'consumer',
];

/** The logins that `rollcall up --secure` makes for the commands of its user. */
export const localMembers = (of: { namespace: Namespace; host: HostId }): readonly Id[] => [
  { namespace: of.namespace, role: 'agent', name: of.host },
  ...others.map((role) => ({ namespace: of.namespace, role, name: 'local' })),
];

/** Where a login is in the folder of an access set-up. */
export const memberFolder = (member: Id): string =>
  join('logins', member.namespace, memberToken(member));

/**
 * The login folder for a role at a server that `rollcall up --secure` of the same user runs on this machine.
 * @param folder where `rollcall up` leaves its logins
 * @param host of an agent: the id that it is to have; undefined: that of this machine
 * @returns undefined if there is none
 */
export function localLoginFolder(
  servers: readonly string[],
  folder: string | undefined,
  { namespace, role, host }: { namespace: Namespace; role: Role; host?: string | undefined },
): string | undefined {
  const text = serverFile(servers, folder, 'access');
  const [access = '', machine = ''] = text?.split('\n') ?? [];
  const named = HostId.safeParse(host ?? machine);
  if (!named.success || access === '') return undefined;
  const name = role === 'agent' ? named.data : 'local';
  const found = join(access, memberFolder({ namespace, role, name }));
  return existsSync(found) ? found : undefined;
}

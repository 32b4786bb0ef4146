import { localLoginFolder } from '../../composition/store/local-members.ts';
import type { Namespace } from '../../domain/identity/names.ts';

type Role = Parameters<typeof localLoginFolder>[2]['role'];

/** The role with which a command works at a server of `rollcall up --secure`; others only read. */
const roles: Readonly<Record<string, Role>> = {
  agent: 'agent',
  run: 'agent',
  collector: 'collector',
  'gc run': 'collector',
  'gc remove': 'collector',
  repair: 'collector',
  hold: 'operator',
  release: 'operator',
  'policy set': 'operator',
  ui: 'dashboard',
  'namespace create': 'deploy',
};

interface Looked {
  readonly servers: readonly string[];
  readonly namespace: Namespace;
  readonly host: string | undefined;
}

/** The login folder for a command at a server of `rollcall up --secure` of the same user, if there is one. */
export const localLoginOf = (
  command: string,
  { servers, namespace, host }: Looked,
  folder: string | undefined,
): string | undefined =>
  localLoginFolder(servers, folder, { namespace, host, role: roles[command] ?? 'auditor' });

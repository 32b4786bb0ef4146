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
  deregister: 'collector',
  repair: 'collector',
  hold: 'operator',
  release: 'operator',
  drain: 'operator',
  undrain: 'operator',
  'policy set': 'operator',
  'lost ack': 'operator',
  ui: 'dashboard',
  'audit limit': 'deploy',
  'namespace create': 'deploy',
  'namespace drop': 'deploy',
};

/** The hint of an error about a right that the login lacks: which role has it. */
export function roleHint(command: string): string {
  if (command === 'backup' || command === 'restore')
    return `no role of \`rollcall access\` may do this: \`rollcall ${command}\` needs a login with the rights in docs/how-to/back-up.md, such as an administrator of the account`;
  const role = roles[command] ?? 'auditor';
  const login =
    role === 'deploy'
      ? 'the deploy login (`rollcall access init` names its folder: --login DIR)'
      : `the login of ${articles[role] ?? 'a'} ${role} (rollcall access add ${role} NAME, then --login DIR)`;
  return `\`rollcall ${command}\` needs ${login}, or its rights in docs/how-to/permissions.md; \`rollcall doctor --as ${role}\` lists what this login lacks`;
}

const articles: Partial<Record<Role, string>> = { agent: 'an', auditor: 'an', operator: 'an' };

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

import type { Namespace } from '../../../domain/identity/names.ts';
import { inboxPrefixOf, isTrusted, type Member, memberToken } from './member.ts';
import { permissionsOf, rightsOf } from './role-rights.ts';

export interface PlannedUser {
  readonly name: string;
  readonly keys: readonly string[];
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly allowResponses: boolean;
}

/** A subject that an account offers to other accounts, or takes from one. */
interface Shared {
  readonly kind: 'service' | 'stream';
  readonly subject: string;
}
interface Export extends Shared {
  /** The only accounts that may import it. */
  readonly accounts: readonly string[];
}
interface Import extends Shared {
  readonly from: string;
}

export interface PlannedAccount {
  /** Unique. */
  readonly name: string;
  readonly hasStreams: boolean;
  readonly users: readonly PlannedUser[];
  readonly exports: readonly Export[];
  readonly imports: readonly Import[];
}

/** The name of the system account. */
export const systemAccount = 'SYS';

/**
 * The accounts of a server for these members.
 *
 * Each namespace has an account with the streams, for collectors and deployments. Every other member
 * has an account of its own, which imports single subjects of it. Between accounts, a reply cannot be sent to
 * a subject of the requester's choice: the server replaces it. Within one account it could be the subject of
 * another member's record, and the server would store its acknowledgement there.
 *
 * @param systemKeys public keys of users of the system account
 * @param idOf how subjects of the system account name an account: its name, or its public key
 */
export function planAccounts(
  members: readonly Member[],
  systemKeys: readonly string[],
  idOf: (account: string) => string,
): readonly PlannedAccount[] {
  const namespaces = [...new Set(members.map(({ namespace }) => namespace))];
  const planned = namespaces.map((namespace) =>
    planNamespace(
      members.filter((member) => member.namespace === namespace),
      namespace,
    ),
  );
  const system: PlannedAccount = {
    name: systemAccount,
    hasStreams: false,
    users: [systemUser(systemKeys)],
    exports: planned.flatMap(({ registry, own }) =>
      [registry, ...own].map(({ name }) => ({
        kind: 'stream' as const,
        subject: disconnectsOf(idOf(name)),
        accounts: [registry.name],
      })),
    ),
    imports: [],
  };
  return [
    system,
    ...planned.flatMap(({ registry, own }) => [
      {
        ...registry,
        imports: [
          ...registry.imports,
          ...[registry, ...own].map(({ name }) => ({
            kind: 'stream' as const,
            subject: disconnectsOf(idOf(name)),
            from: systemAccount,
          })),
        ],
      },
      ...own,
    ]),
  ];
}

const systemUser = (keys: readonly string[]): PlannedUser => ({
  name: 'system',
  keys,
  publish: ['>'],
  subscribe: ['>'],
  allowResponses: false,
});

const disconnectsOf = (account: string): string => `$SYS.ACCOUNT.${account}.DISCONNECT`;

function planNamespace(members: readonly Member[], namespace: Namespace) {
  const name = registryAccountOf(namespace);
  const others = members.filter((member) => !isTrusted(member));
  const own = others.map((member) => ownAccount(member, name));
  const registry: PlannedAccount = {
    name,
    hasStreams: true,
    users: members.filter(isTrusted).map(userOf),
    exports: mergeExports(
      own.flatMap(({ name: account, imports }) =>
        imports.map(({ kind, subject }) => ({ kind, subject, accounts: [account] })),
      ),
    ),
    imports: own.flatMap(({ name: from, exports }) =>
      exports.map(({ kind, subject }) => ({ kind, subject, from })),
    ),
  };
  return { registry, own };
}

/** The name of the account in which a member works. */
export function accountOf(member: Pick<Member, 'namespace' | 'role' | 'name'>): string {
  const registry = registryAccountOf(member.namespace);
  return isTrusted(member) ? registry : `${registry}-${memberToken(member)}`;
}

/** The name of the account that has the streams of a namespace. */
const registryAccountOf = (namespace: Namespace): string => `rollcall-${namespace}`;

function ownAccount(member: Member, from: string): PlannedAccount {
  const { services, served, receives } = rightsOf(member);
  const inbox = { kind: 'stream' as const, subject: `${inboxPrefixOf(member)}.>`, from };
  return {
    name: accountOf(member),
    hasStreams: false,
    users: [userOf(member)],
    exports: served.map((subject) => ({ kind: 'service', subject, accounts: [from] })),
    imports: [
      ...services.map((subject) => ({ kind: 'service' as const, subject, from })),
      ...(receives ? [inbox] : []),
    ],
  };
}

const userOf = (member: Member): PlannedUser => ({
  name: memberToken(member),
  keys: member.keys,
  ...permissionsOf(member),
});

/** One export for each subject, with all accounts that may import it. */
function mergeExports(all: readonly Export[]): readonly Export[] {
  const merged = new Map<string, Export>();
  for (const { kind, subject, accounts } of all) {
    const key = `${kind} ${subject}`;
    const before = merged.get(key)?.accounts ?? [];
    merged.set(key, { kind, subject, accounts: [...before, ...accounts] });
  }
  return [...merged.values()];
}

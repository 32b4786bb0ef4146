import { Algorithms, encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createPair, fromPublic, fromSeed, type KeyPair, Prefix } from '@nats-io/nkeys';
import {
  accountOf,
  type PlannedAccount,
  type PlannedUser,
  planAccounts,
  systemAccount,
} from './account-plan.ts';
import { type Member, memberToken } from './member.ts';

/** Finds the seed of a key by its name, and keeps the one that is made if it is new. */
export type Keyring = (name: string, make: () => string) => string;

/** The key of a user that the servers refuse: of which account, and which tokens issued until when. */
export interface Revocation {
  readonly account: string;
  readonly key: string;
  /** Seconds since 1970. */
  readonly until: number;
}

const noLimit = -1;
const allowsOneReply = { max: 1, ttl: 120e9 };

/**
 * The accounts of a server in operator mode, as a part of its configuration: the same accounts, imports and
 * permissions as `accessConfig` has, as tokens that the operator signed. It contains no secrets.
 *
 * The permissions of a member are in the token of its account, as the template of a signing key: a change of
 * them needs no new credentials. An export is open to all accounts, because only the operator makes accounts,
 * and no member can import anything.
 */
export async function operatorConfig(
  members: readonly Member[],
  keyring: Keyring,
  revocations: readonly Revocation[],
): Promise<string> {
  const keys = new Keys(keyring);
  const operator = keys.pair('operator', Prefix.Operator);
  const accounts = planAccounts(members, [], (name) => keys.account(name));
  const tokens = await Promise.all(
    accounts.map(async (account) => ({
      name: account.name,
      key: keys.account(account.name),
      token: await accountToken(account, { operator, keys, revocations }),
    })),
  );
  const system = keys.account(systemAccount);
  const claims = { system_account: system };
  const made = await encodeOperator('rollcall', operator, claims, { algorithm: Algorithms.v2 });
  // A running server refuses another token of the same operator.
  const token = keyring('operator token', () => made);
  return `# Made by \`rollcall access\`; changes are overwritten.
operator: ${token}
system_account: ${system}
resolver: MEMORY
resolver_preload {
${tokens.map(({ name, key, token }) => `  # ${name}\n  ${key}: ${token}\n`).join('')}}
`;
}

/** The credentials file of a member: a token for its key, and the key. */
export async function credentialsOf(
  member: Pick<Member, 'namespace' | 'role' | 'name'>,
  seed: string,
  keyring: Keyring,
): Promise<string> {
  return credentials(new Keys(keyring), memberToken(member), accountOf(member), seed);
}

/** The credentials file of a user of the system account. */
export const systemCredentials = (seed: string, keyring: Keyring): Promise<string> =>
  credentials(new Keys(keyring), 'system', systemAccount, seed);

async function credentials(
  keys: Keys,
  name: string,
  account: string,
  seed: string,
): Promise<string> {
  const user = fromSeed(new TextEncoder().encode(seed));
  const token = await encodeUser(
    name,
    fromPublic(user.getPublicKey()),
    fromPublic(keys.account(account)),
    {},
    { signer: keys.signer(account, name), scopedUser: true, algorithm: Algorithms.v2 },
  );
  return new TextDecoder().decode(fmtCreds(token, user));
}

async function accountToken(
  { name, hasStreams, users, exports, imports }: PlannedAccount,
  of: {
    readonly operator: KeyPair;
    readonly keys: Keys;
    readonly revocations: readonly Revocation[];
  },
): Promise<string> {
  const { operator, keys, revocations } = of;
  const streams = hasStreams
    ? { mem_storage: noLimit, disk_storage: noLimit, streams: noLimit, consumer: noLimit }
    : {};
  const revoked = revocations.filter(({ account }) => account === name);
  const claims = {
    limits: {
      ...{ subs: noLimit, data: noLimit, payload: noLimit, conn: noLimit, leaf: 0 },
      ...{ imports: noLimit, exports: noLimit, wildcards: true, disallow_bearer: true },
      ...streams,
    },
    exports: widest(exports).map(({ kind, subject }) => ({ name: subject, subject, type: kind })),
    imports: imports.map(({ kind, subject, from }) => ({
      name: subject,
      subject,
      type: kind,
      account: keys.account(from),
    })),
    signing_keys: users.map((user) => scopeOf(user, keys.signer(name, user.name))),
    ...(revoked.length > 0 && {
      revocations: Object.fromEntries(revoked.map(({ key, until }) => [key, until])),
    }),
  };
  const account = fromPublic(keys.account(name));
  return encodeAccount(name, account, claims, { signer: operator, algorithm: Algorithms.v2 });
}

/** A server refuses an account that exports a subject twice, also as a part of another one. */
const widest = (exports: PlannedAccount['exports']): PlannedAccount['exports'] =>
  exports.filter(
    ({ kind, subject }) =>
      !exports.some(
        (other) =>
          other.kind === kind && other.subject !== subject && covers(other.subject, subject),
      ),
  );

/** Whether all subjects of the second pattern are subjects of the first one. */
function covers(wide: string, narrow: string): boolean {
  const tokens = narrow.split('.');
  const pattern = wide.split('.');
  const isCovered = pattern.every((token, n) => {
    const other = tokens[n];
    if (token === '>' || other === undefined) return other !== undefined;
    return other !== '>' && (token === '*' || token === other);
  });
  return isCovered && (pattern.at(-1) === '>' || pattern.length === tokens.length);
}

const scopeOf = ({ name, publish, subscribe, allowResponses }: PlannedUser, signer: KeyPair) => ({
  kind: 'user_scope' as const,
  key: signer.getPublicKey(),
  role: name,
  template: {
    pub: { allow: [...publish] },
    sub: { allow: [...subscribe] },
    ...(allowResponses && { resp: allowsOneReply }),
    ...{ subs: noLimit, data: noLimit, payload: noLimit },
  },
});

/** The keys of a keyring. A public key is computed once: it takes a millisecond, and each import names one. */
class Keys {
  readonly #keyring: Keyring;
  readonly #accounts = new Map<string, string>();

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** The public key of an account. */
  account(name: string): string {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const key = this.pair(`account ${name}`, Prefix.Account).getPublicKey();
    this.#accounts.set(name, key);
    return key;
  }

  /** The key that signs the tokens of a user. */
  signer(account: string, user: string): KeyPair {
    return this.pair(`signer ${account} ${user}`, Prefix.Account);
  }

  pair(name: string, prefix: Prefix): KeyPair {
    const seed = this.#keyring(name, () => new TextDecoder().decode(createPair(prefix).getSeed()));
    return fromSeed(new TextEncoder().encode(seed));
  }
}

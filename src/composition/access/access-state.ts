import { z } from 'zod';
import { accountOf } from '../../adapters/nats/access/account-plan.ts';
import { type Member, memberToken, roles } from '../../adapters/nats/access/member.ts';
import { newUserKey } from '../../adapters/nats/access/nkeys.ts';
import { Fault } from '../../domain/fault.ts';
import { Name, Namespace } from '../../domain/identity/names.ts';
import { seconds, type WallTime } from '../../domain/time.ts';
import { type NewTls, TlsState } from './tls-state.ts';

const Key = z.string().regex(/^U[A-Z2-7]{55}$/, 'a public key of a user');

export const StoredMember = z.object({
  namespace: Namespace,
  role: z.enum(roles),
  name: Name,
  services: z.array(Name).readonly().optional(),
  keys: z.array(Key).min(1).max(2).readonly(),
});

/** What `rollcall access` keeps: no secrets. */
export const AccessState = z.object({
  v: z.literal(1),
  /** The addresses in the logins. */
  servers: z.array(z.string()).min(1),
  /** Where the part of the server's configuration is written. */
  serverConfig: z.string(),
  /** Process ids, or files with one, of servers on this machine that are to reload. */
  reload: z.array(z.string()),
  /** The authorities that logins trust, in PEM; undefined: the usual ones. */
  tlsCa: z.string().optional(),
  /** Certificates that this set-up makes; undefined: none. */
  tls: TlsState.optional(),
  /** The accounts are tokens of an operator; undefined: they are in the configuration of the servers. */
  operator: z
    .object({
      /** Keys that the servers refuse, by account; `until` in seconds since 1970. */
      revocations: z.array(z.object({ account: z.string(), key: Key, until: z.number() })),
    })
    .optional(),
  systemKeys: z.array(Key).min(1),
  members: z.array(StoredMember),
});
export type AccessState = z.infer<typeof AccessState>;

/** What `rollcall access init` is given. */
export interface NewAccess {
  readonly servers: readonly string[];
  readonly reload: readonly string[];
  readonly tlsCa?: string | undefined;
  readonly serverConfig?: string | undefined;
  /** Whether the accounts are tokens of an operator. Default: as they are, at first not. */
  readonly jwt?: boolean;
  /** Certificates to make; undefined: those that exist stay. */
  readonly tls?: NewTls | undefined;
}

/** A changed state, and the secret key of the member if it got a new one. */
export interface Changed {
  readonly state: AccessState;
  readonly member: Member;
  readonly seed?: string;
}

/**
 * The state after a change, with the revocation of the keys that it ended. A token stays in the hands of its
 * member, so the server must be told that it does not count any more.
 */
export function withRevocations(
  before: AccessState,
  after: AccessState,
  now: WallTime,
): AccessState {
  const { operator } = after;
  if (operator === undefined) return after;
  const valid = new Set(after.members.flatMap(({ keys }) => keys));
  const ended = before.members.flatMap((member) =>
    member.keys
      .filter((key) => !valid.has(key))
      .map((key) => ({ account: accountOf(member), key, until: Math.ceil(now / seconds(1)) })),
  );
  return { ...after, operator: { revocations: [...operator.revocations, ...ended] } };
}

type Id = Pick<Member, 'namespace' | 'role' | 'name'>;

const isSame = (a: Id) => (b: Id) =>
  a.namespace === b.namespace && memberToken(a) === memberToken(b);

/**
 * Adds a member. One that exists keeps its key, and its services unless others are given: no repetition of a
 * command gives more rights than before.
 */
export function addMember(
  state: AccessState,
  { namespace, role, name }: Id,
  wanted?: readonly string[] | 'all',
): Changed {
  const services = wanted === 'all' ? undefined : wanted;
  const existing = state.members.find(isSame({ namespace, role, name }));
  if (existing !== undefined) {
    return replaced(state, wanted === undefined ? existing : { ...existing, services });
  }
  const { key, seed } = newUserKey();
  const member = { namespace, role, name, ...(services && { services }), keys: [key] };
  const stored = StoredMember.parse(member);
  return { state: { ...state, members: [...state.members, stored] }, member, seed };
}

/**
 * Gives a member a new key. The one before stays valid until `finishRotation`; an older one does not.
 * @throws {Fault} `not-found`
 */
export function rotateMember(state: AccessState, id: Id): Changed {
  const member = memberOf(state, id);
  const { key, seed } = newUserKey();
  return { ...replaced(state, { ...member, keys: [key, ...member.keys.slice(0, 1)] }), seed };
}

/** Ends the validity of the key before the last one. @throws {Fault} `not-found` */
export function finishRotation(state: AccessState, id: Id): Changed {
  const member = memberOf(state, id);
  return replaced(state, { ...member, keys: member.keys.slice(0, 1) });
}

/** Removes a member: none of its keys is valid any more. @throws {Fault} `not-found` */
export function revokeMember(state: AccessState, id: Id): Changed {
  const member = memberOf(state, id);
  const others = state.members.filter((one) => !isSame(id)(one));
  return { state: { ...state, members: others }, member };
}

/** Whether a change only ends this member, which the state does not have any more. */
export function isRepeatedEnd(
  member: Member,
  change: (state: AccessState) => Changed,
  now: AccessState,
): boolean {
  if (now.members.some(isSame(member))) return false;
  const { state } = change({ ...now, members: [...now.members, StoredMember.parse(member)] });
  return !state.members.some(isSame(member));
}

function memberOf(state: AccessState, id: Id): Member {
  const member = state.members.find(isSame(id));
  if (member !== undefined) return member;
  throw new Fault(
    'not-found',
    `there is no ${id.role} '${id.name}' in namespace '${id.namespace}'`,
    {
      hint: 'list all: rollcall access list',
    },
  );
}

function replaced(state: AccessState, member: Member): Changed {
  const stored = StoredMember.parse(member);
  const members = state.members.map((one) => (isSame(member)(one) ? stored : one));
  return { state: { ...state, members }, member };
}

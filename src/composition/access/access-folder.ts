import { join, relative, resolve } from 'node:path';
import { lockFolder } from '../../adapters/files/folder-lock.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { type Member, memberToken } from '../../adapters/nats/access/member.ts';
import { newUserKey } from '../../adapters/nats/access/nkeys.ts';
import { accessConfig } from '../../adapters/nats/access/server-config.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { Fault } from '../../domain/fault.ts';
import {
  type AccessState,
  addMember,
  type Changed,
  isRepeatedEnd,
  type NewAccess,
  withRevocations,
} from './access-state.ts';
import { hasPair, removeLogin, writeLogin } from './login-folder.ts';
import { OperatorKeys } from './operator-keys.ts';
import { type Reloaded, reloadServers } from './reload-servers.ts';
import { readState, writeState } from './state-file.ts';
import {
  issue,
  type Listed,
  listCertificates,
  makeAuthority,
  removeOtherAuthorities,
  trustedAuthorities,
  writeServers,
} from './tls-folder.ts';
import { afterStep, mergeTls, type RenewalStep, withTls } from './tls-state.ts';
import { readUnfinished, removeUnfinished, writeUnfinished } from './unfinished-change.ts';

/** What a finished change did: `key` is new, or its member was ended. */
type Finished = Changed & Reloaded & { readonly key?: string; readonly isEnd: boolean };

/**
 * A folder that has the logins of a server, their secrets, and the part of the server's configuration that
 * lets them in. Only its user can read it.
 *
 * Each change runs under the lock of the folder and reads the state again. It counts when `access.json` is written; if
 * it is interrupted after that, the next change writes the login and the configuration, and lets the servers reload.
 */
export class AccessFolder {
  readonly folder: string;
  #state: AccessState;
  #keys: OperatorKeys;

  private constructor(folder: string, state: AccessState, keys: OperatorKeys) {
    this.folder = folder;
    this.#state = state;
    this.#keys = keys;
  }

  /** @throws {Fault} `not-found`, `bad-setting` */
  static async open(folder: string): Promise<AccessFolder> {
    const state = await readState(folder);
    if (state !== undefined)
      return new AccessFolder(folder, state, await OperatorKeys.open(folder));
    throw new Fault('not-found', `${folder} has no access set-up`, {
      hint: 'create one: rollcall access init',
    });
  }

  /** Creates the folder. One that exists keeps its logins and gets these settings. */
  static async init(folder: string, settings: NewAccess): Promise<AccessFolder> {
    await using _lock = await lockFolder(resolve(folder));
    const existing = await readState(folder);
    const { reload, tlsCa } = settings;
    if (existing && settings.jwt && !existing.operator) {
      throw new Fault('bad-setting', `${folder} was created without --jwt`, {
        hint: 'create a new folder for operator mode: rollcall access init --jwt --dir DIR',
      });
    }
    const operator = existing ? existing.operator : settings.jwt && { revocations: [] };
    const tls = mergeTls(existing?.tls, settings);
    const servers = tls === undefined ? settings.servers : settings.servers.map(withTls);
    if (tls !== undefined) await makeAuthority(folder, tls.authorities[0] ?? 1);
    const system = newUserKey();
    const state: AccessState = {
      v: 1,
      servers: [...servers],
      reload: [...reload],
      serverConfig: resolve(
        settings.serverConfig ?? existing?.serverConfig ?? join(folder, 'nats-access.conf'),
      ),
      ...(tlsCa !== undefined && { tlsCa }),
      ...(tls && { tls, tlsCa: await trustedAuthorities(folder, tls) }),
      ...(operator && { operator }),
      systemKeys: existing?.systemKeys ?? [system.key],
      members: existing?.members ?? [],
    };
    const keys = await OperatorKeys.open(resolve(folder));
    const created = new AccessFolder(resolve(folder), state, keys);
    if (!existing) await created.#writeSystemLogin(system.seed, state);
    if (tls !== undefined) await writeServers(created.folder, tls, { renew: false });
    for (const member of state.members) await created.#writeLogin(member, undefined, state);
    await created.#save(state);
    return created;
  }

  get members(): readonly Member[] {
    return this.#state.members;
  }

  get serverConfig(): string {
    return this.#state.serverConfig;
  }

  /** The accounts and users, as a part of the configuration of nats-server. */
  async configText(): Promise<string> {
    const { members, systemKeys, operator } = this.#state;
    if (operator === undefined) return accessConfig(members, systemKeys);
    return (await operatorMode()).operatorConfig(members, this.#keys.find, operator.revocations);
  }

  /** Where the login of a member is. */
  loginOf(member: Pick<Member, 'namespace' | 'role' | 'name'>): string {
    return join(this.folder, 'logins', member.namespace, memberToken(member));
  }

  /** Makes a change, writes the logins and the configuration, and lets the servers reload it. */
  async apply(change: (state: AccessState) => Changed): Promise<Changed & Reloaded> {
    await using _lock = await this.#lock();
    const finished = await this.#finishInterrupted();
    // The change that was interrupted is done: there is no member to end again.
    if (finished?.isEnd && isRepeatedEnd(finished.member, change, this.#state)) return finished;
    const changed = change(this.#state);
    const { member, seed } = changed;
    // Another rotation would end the key that is in use.
    if (seed !== undefined && finished && member.keys[1] === finished.key) return finished;
    const state = withRevocations(this.#state, changed.state, systemClock.wall());
    const login = this.loginOf(member);
    const [key = ''] = member.keys;
    const stays = state.members.some(({ keys }) => keys[0] === key);
    const what = seed === undefined ? {} : { key, seed };
    const ended = stays ? {} : { ended: member };
    await writeUnfinished(this.folder, { login: relative(this.folder, login), ...what, ...ended });
    await this.#save(state);
    await (stays ? this.#writeLogin(member, seed, state) : removeLogin(login));
    const reloaded = await reloadServers(state.reload);
    await removeUnfinished(this.folder);
    return { ...changed, ...reloaded };
  }

  /** Adds members before the server starts, or with the same keys: it need not reload. */
  async addAll(members: readonly Pick<Member, 'namespace' | 'role' | 'name'>[]): Promise<void> {
    await using _lock = await this.#lock();
    let state = this.#state;
    for (const one of members) {
      const { member, seed, state: added } = addMember(state, one);
      await this.#writeLogin(member, seed, added);
      state = added;
    }
    await this.#save(state);
  }

  /** Lets no other process change the folder, and reads what others have changed. */
  async #lock(): Promise<AsyncDisposable> {
    await using opened = new AsyncDisposableStack();
    opened.use(await lockFolder(this.folder));
    const now = await AccessFolder.open(this.folder);
    this.#state = now.#state;
    this.#keys = now.#keys;
    return opened.move();
  }

  /** Finishes a change that was interrupted. @returns what it did, if it gave a login a new key or ended it */
  async #finishInterrupted(): Promise<Finished | undefined> {
    const left = await readUnfinished(this.folder);
    if (left === undefined) return undefined;
    const { key, seed, ended } = left;
    const login = left.login && join(this.folder, left.login);
    const state = this.#state;
    const member = state.members.find((one) => this.loginOf(one) === login);
    const isNew = member !== undefined && key !== undefined && member.keys[0] === key;
    if (isNew) await this.#writeLogin(member, seed, state);
    else if (member === undefined && login !== undefined) await removeLogin(login);
    await this.#save(state);
    const reloaded = await reloadServers(state.reload);
    await removeUnfinished(this.folder);
    if (isNew && seed !== undefined) return { state, member, seed, key, isEnd: false, ...reloaded };
    return ended && !member ? { state, member: ended, isEnd: true, ...reloaded } : undefined;
  }

  /** The certificates that this set-up has made. */
  get certificates(): Promise<readonly Listed[]> {
    const { tls, members } = this.#state;
    if (tls === undefined) return Promise.resolve([]);
    return listCertificates(this.folder, tls, members.map(this.loginOf.bind(this)));
  }

  /** Takes a step of `renewal`, writes the files, and lets the servers reload. */
  async renew(step: RenewalStep): Promise<Reloaded> {
    await using _lock = await this.#lock();
    await this.#finishInterrupted();
    const { tls: before } = this.#state;
    if (before === undefined) {
      throw new Fault('bad-setting', `${this.folder} has no certificates`, {
        hint: 'make them: rollcall access init --tls --servers …',
      });
    }
    const tls = afterStep(before, step);
    await writeUnfinished(this.folder, {});
    for (const number of tls.authorities) await makeAuthority(this.folder, number);
    const state = { ...this.#state, tls, tlsCa: await trustedAuthorities(this.folder, tls) };
    const renew = step === 'certificates';
    await writeServers(this.folder, tls, { renew });
    for (const member of state.members) {
      await this.#writeLogin(member, undefined, state, { renew });
    }
    await this.#save(state);
    await removeOtherAuthorities(this.folder, tls);
    const reloaded = await reloadServers(state.reload);
    await removeUnfinished(this.folder);
    return reloaded;
  }

  /** @param seed undefined: the secret key stays, and the certificate too unless it is to be renewed */
  async #writeLogin(
    member: Member,
    seed: string | undefined,
    state: AccessState,
    { renew = false } = {},
  ): Promise<void> {
    const folder = this.loginOf(member);
    const { tls } = state;
    const certificate =
      tls?.clients && (renew || seed !== undefined || !(await hasPair(folder)))
        ? await issue(this.folder, tls, { name: memberToken(member) })
        : undefined;
    const hasCertificate = tls?.clients ?? false;
    const given = { ...state, hasCertificate, certificate };
    if (state.operator === undefined || seed === undefined) {
      const way = state.operator ? 'creds' : 'nkey';
      return writeLogin(folder, member, seed, { ...given, way });
    }
    const secret = await (await operatorMode()).credentialsOf(member, seed, this.#keys.find);
    await this.#keys.save();
    return writeLogin(folder, member, secret, { ...given, way: 'creds' });
  }

  async #writeSystemLogin(seed: string, { operator }: AccessState): Promise<void> {
    const file = join(this.folder, operator ? 'system.creds' : 'system.nk');
    if (operator === undefined) return writeSecretFile(file, `${seed}\n`);
    const mode = await operatorMode();
    await writeSecretFile(file, await mode.systemCredentials(seed, this.#keys.find));
    await this.#keys.save();
  }

  async #save(state: AccessState): Promise<void> {
    this.#state = state;
    const config = await this.configText();
    // Tokens in the configuration and in logins count only with the keys that signed them.
    await this.#keys.save();
    await writeState(this.folder, state);
    await writeSecretFile(state.serverConfig, config);
  }
}

const operatorMode = () => import('../../adapters/nats/access/operator-config.ts');

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { type Member, memberToken } from '../../adapters/nats/access/member.ts';
import { newUserKey } from '../../adapters/nats/access/nkeys.ts';
import { accessConfig } from '../../adapters/nats/access/server-config.ts';
import { sendSignal } from '../../adapters/system/send-signal.ts';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { AccessState, addMember, type Changed } from './access-state.ts';
import { certificateFile, removeLogin, writeLogin } from './login-folder.ts';
import {
  issue,
  type Listed,
  listCertificates,
  makeAuthority,
  removeAuthority,
  trustedAuthorities,
  writeServers,
} from './tls-folder.ts';
import { afterStep, mergeTls, type NewTls, type RenewalStep, withTls } from './tls-state.ts';

/** What a change did to the running servers. */
export interface Reloaded {
  /** Process ids of the servers that were sent the signal to reload. */
  readonly reloaded: readonly number[];
  /** Why others were not. */
  readonly failed: readonly string[];
}

export interface NewAccess {
  readonly servers: readonly string[];
  readonly reload: readonly string[];
  readonly tlsCa?: string | undefined;
  readonly serverConfig?: string | undefined;
  /** Certificates to make; undefined: those that exist stay. */
  readonly tls?: NewTls | undefined;
}

/**
 * A folder that has the logins of a server, their secrets, and the part of the server's configuration that
 * lets them in. Only its user can read it.
 */
export class AccessFolder {
  readonly folder: string;
  #state: AccessState;

  private constructor(folder: string, state: AccessState) {
    this.folder = folder;
    this.#state = state;
  }

  /** @throws {Fault} `not-found`, `bad-setting` */
  static async open(folder: string): Promise<AccessFolder> {
    const state = await readState(folder);
    if (state !== undefined) return new AccessFolder(folder, state);
    throw new Fault('not-found', `${folder} has no access set-up`, {
      hint: 'create one: rollcall access init',
    });
  }

  /** Creates the folder. One that exists keeps its logins and gets these settings. */
  static async init(folder: string, settings: NewAccess): Promise<AccessFolder> {
    const existing = await readState(folder);
    const { reload, tlsCa } = settings;
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
      systemKeys: existing?.systemKeys ?? [system.key],
      members: existing?.members ?? [],
    };
    const created = new AccessFolder(resolve(folder), state);
    if (!existing) await writeSecretFile(join(folder, 'system.nk'), `${system.seed}\n`);
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
  get configText(): string {
    return accessConfig(this.#state.members, this.#state.systemKeys);
  }

  /** Where the login of a member is. */
  loginOf(member: Pick<Member, 'namespace' | 'role' | 'name'>): string {
    return join(this.folder, 'logins', member.namespace, memberToken(member));
  }

  /** Makes a change, writes the logins and the configuration, and lets the servers reload it. */
  async apply(change: (state: AccessState) => Changed): Promise<Changed & Reloaded> {
    const changed = change(this.#state);
    const { member, seed, state } = changed;
    if (state.members.some(({ keys }) => keys[0] === member.keys[0])) {
      await this.#writeLogin(member, seed, state);
    } else await removeLogin(this.loginOf(member));
    await this.#save(state);
    return { ...changed, ...(await this.#reload()) };
  }

  /** Adds members before the server starts, or with the same keys: it need not reload. */
  async addAll(members: readonly Pick<Member, 'namespace' | 'role' | 'name'>[]): Promise<void> {
    let state = this.#state;
    for (const one of members) {
      const { member, seed, state: added } = addMember(state, one);
      await this.#writeLogin(member, seed, added);
      state = added;
    }
    await this.#save(state);
  }

  /** The certificates that this set-up has made. */
  get certificates(): Promise<readonly Listed[]> {
    const { tls, members } = this.#state;
    if (tls === undefined) return Promise.resolve([]);
    return listCertificates(this.folder, tls, members.map(this.loginOf.bind(this)));
  }

  /** Takes a step of `renewal`, writes the files, and lets the servers reload. */
  async renew(step: RenewalStep): Promise<Reloaded> {
    const { tls: before } = this.#state;
    if (before === undefined) {
      throw new Fault('bad-setting', `${this.folder} has no certificates`, {
        hint: 'make them: rollcall access init --tls --servers …',
      });
    }
    const tls = afterStep(before, step);
    for (const number of tls.authorities) await makeAuthority(this.folder, number);
    const state = { ...this.#state, tls, tlsCa: await trustedAuthorities(this.folder, tls) };
    const renew = step === 'certificates';
    await writeServers(this.folder, tls, { renew });
    for (const member of state.members) {
      await this.#writeLogin(member, undefined, state, { renew });
    }
    await this.#save(state);
    for (const number of before.authorities) {
      if (!tls.authorities.includes(number)) await removeAuthority(this.folder, number);
    }
    return this.#reload();
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
    const isNew = renew || seed !== undefined || !existsSync(join(folder, certificateFile));
    const certificate =
      tls?.clients && isNew
        ? await issue(this.folder, tls, { name: memberToken(member) })
        : undefined;
    const hasCertificate = tls?.clients ?? false;
    await writeLogin(folder, member, seed, { ...state, hasCertificate, certificate });
  }

  async #save(state: AccessState): Promise<void> {
    await writeSecretFile(join(this.folder, stateFile), `${JSON.stringify(state, null, 2)}\n`);
    this.#state = state;
    await writeSecretFile(state.serverConfig, this.configText);
  }

  /**
   * Lets the servers reload twice: after one reload the imports of an account that is new have no effect yet
   * (seen on nats-server 2.15.1; test/integration/cli/up-secure.test.ts adds a host to a running server).
   */
  async #reload(): Promise<Reloaded> {
    if (this.#state.reload.length === 0) return { reloaded: [], failed: [] };
    await this.#signal();
    await pause(betweenReloads);
    return this.#signal();
  }

  async #signal(): Promise<Reloaded> {
    const reloaded: number[] = [];
    const failed: string[] = [];
    for (const one of this.#state.reload) {
      const pid = Number(/^\d+$/.test(one) ? one : await readOptionalText(one));
      const sent = Number.isSafeInteger(pid) && pid > 1 ? sendSignal(pid, 'SIGHUP') : 'gone';
      if (sent === 'sent') reloaded.push(pid);
      else
        failed.push(
          `${one}: ${sent === 'gone' ? 'no such process' : 'it belongs to another user'}`,
        );
    }
    return { reloaded, failed };
  }
}

/** A server reads its configuration within milliseconds; two signals at once would count as one. */
const betweenReloads: Millis = seconds(0.5);

const stateFile = 'access.json';

async function readState(folder: string): Promise<AccessState | undefined> {
  const file = join(folder, stateFile);
  const text = await readOptionalText(file);
  if (text === undefined) return undefined;
  try {
    const read = AccessState.safeParse(readJson(text));
    if (read.success) return read.data;
    throw new Fault('bad-setting', `${file}: ${formatParseError(read.error)}`);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Fault('bad-setting', `${file}: ${cause.message}`, { cause });
  }
}

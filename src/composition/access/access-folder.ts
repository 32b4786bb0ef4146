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
import { removeLogin, writeLogin } from './login-folder.ts';

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
    const { servers, reload, tlsCa } = settings;
    const system = newUserKey();
    const state: AccessState = {
      v: 1,
      servers: [...servers],
      reload: [...reload],
      serverConfig: resolve(
        settings.serverConfig ?? existing?.serverConfig ?? join(folder, 'nats-access.conf'),
      ),
      ...(tlsCa !== undefined && { tlsCa }),
      systemKeys: existing?.systemKeys ?? [system.key],
      members: existing?.members ?? [],
    };
    const created = new AccessFolder(resolve(folder), state);
    if (!existing) await writeSecretFile(join(folder, 'system.nk'), `${system.seed}\n`);
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
    const folder = this.loginOf(member);
    if (state.members.some(({ keys }) => keys[0] === member.keys[0])) {
      await writeLogin(folder, member, seed, state);
    } else await removeLogin(folder);
    await this.#save(state);
    return { ...changed, ...(await this.#reload()) };
  }

  /** Adds members before the server starts, or with the same keys: it need not reload. */
  async addAll(members: readonly Pick<Member, 'namespace' | 'role' | 'name'>[]): Promise<void> {
    let state = this.#state;
    for (const one of members) {
      const { member, seed, state: added } = addMember(state, one);
      await writeLogin(this.loginOf(member), member, seed, added);
      state = added;
    }
    await this.#save(state);
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

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { inboxPrefixOf, type Member, type Role } from '../../../src/adapters/nats/access/member.ts';
import { newUserKey } from '../../../src/adapters/nats/access/nkeys.ts';
import { accessConfig } from '../../../src/adapters/nats/access/server-config.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { type Access, openStore } from './access.ts';
import { cpuTimeOf } from './cpu-time.ts';
import type { Environment } from './server.ts';

/** One of two servers that differ only in who may do what. */
export interface PairedServer {
  /** What a process of this role uses; `name` is the host of an agent. */
  as(role: Role, name: string): Access;
  /** CPU time that the server has used, in µs. */
  cpu(): Promise<number>;
}

export interface ServerPair extends AsyncDisposable {
  /** As `rollcall up` starts it: every process may do everything. */
  readonly open: PairedServer;
  /** With the accounts of `rollcall access`, without TLS. */
  readonly limited: PairedServer;
}

const namespace = Namespace.parse('bench');

/**
 * Starts two servers with the same streams on temporary stores, which are deleted with them.
 * @param hosts the agents that get a login
 */
export async function startServerPair(
  hosts: readonly string[],
  given: {
    readonly env: Environment;
    readonly say: (what: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<ServerPair> {
  const { env, say, signal } = given;
  await using opened = new AsyncDisposableStack();
  const where = { named: env['ROLLCALL_NATS_SERVER'], path: env['PATH'], cacheDir: cacheDir(env) };
  const { path: binary } = await locateNatsServer({ ...where, progress: say, signal });
  const seeds = new Map<string, string>();
  const memberOf = (role: Role, name: string): Member => {
    const { key, seed } = newUserKey();
    seeds.set(`${role} ${name}`, seed);
    return { namespace, role, name, keys: [key] };
  };
  const members = [
    ...(['deploy', 'collector', 'consumer'] as const).map((role) => memberOf(role, role)),
    ...hosts.map((host) => memberOf('agent', host)),
  ];
  const start = async (isLimited: boolean): Promise<PairedServer> => {
    const storeDir = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
    opened.defer(() => rm(storeDir, { recursive: true, force: true, maxRetries: 20 }));
    const accounts = isLimited ? 'access.conf' : undefined;
    if (accounts !== undefined) {
      const text = accessConfig(members, [newUserKey().key]);
      await writeFile(join(storeDir, accounts), text, { mode: 0o600 });
    }
    const server = opened.use(
      await startNatsServer({ binary, storeDir, accounts, signal, syncInterval: '2m' }),
    );
    const as = (role: Role, name: string): Access => {
      const access = { servers: [server.url], namespace, create: role === 'deploy' };
      const nkeySeed = isLimited ? seeds.get(`${role} ${name}`) : undefined;
      return nkeySeed === undefined
        ? access
        : { ...access, credentials: { nkeySeed }, inboxPrefix: inboxPrefixOf({ role, name }) };
    };
    await using _streams = await openStore(as('deploy', 'deploy'), 'deploy');
    return { as, cpu: async () => (await cpuTimeOf(server.pid)) * 1000 };
  };
  const pair = { open: await start(false), limited: await start(true) };
  const kept = opened.move();
  return { ...pair, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

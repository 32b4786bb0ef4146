import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Role } from '../../../../src/adapters/nats/access/member.ts';
import { AccessFolder } from '../../../../src/composition/access/access-folder.ts';
import { addMember } from '../../../../src/composition/access/access-state.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { type ConfiguredServer, startConfigured } from '../../nats/support/configured-server.ts';

/** A real server that admits only the logins of an access folder. */
export interface AccessServer
  extends AsyncDisposable,
    Pick<ConfiguredServer, 'url' | 'pid' | 'log' | 'kill'> {
  /** The login folder of a member. */
  login(role: Role, name?: string): string;
}

/**
 * Starts one with these members, as `rollcall access init` and `add` make it.
 * @param members as `agent h1`
 * @param more further settings of the server
 */
export async function startAccessServer(
  members: readonly string[],
  { namespace = 'fleet', more = '', jwt = false, jsDomain = '' } = {},
): Promise<AccessServer> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 20 }));
  const [port = 0] = await freePorts(1);
  const servers = [`nats://127.0.0.1:${port}`];
  const access = await AccessFolder.init(dir, { servers, reload: [], jwt });
  const idOf = (role: Role, name: string) => ({
    namespace: Namespace.parse(namespace),
    role,
    name,
  });
  for (const member of ['deploy deploy', ...members]) {
    const [role, name = ''] = member.split(' ') as [Role, string?];
    await access.apply((state) => addMember(state, idOf(role, name)));
  }
  const included = (storeDir: string) => relative(dirname(storeDir), access.serverConfig);
  const server = opened.use(
    await startConfigured(
      (storeDir) =>
        `jetstream { store_dir: "${storeDir}"${jsDomain && `, domain: ${jsDomain}`} }\n${more}include ./${included(storeDir)}\n`,
      port,
    ),
  );
  const closing = opened.move();
  return {
    url: server.url,
    pid: server.pid,
    kill: server.kill,
    get log() {
      return server.log;
    },
    login: (role, name = role) => access.loginOf(idOf(role, name)),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inboxPrefixOf } from '../../../src/adapters/nats/access/member.ts';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { AccessFolder } from '../../../src/composition/access/access-folder.ts';
import {
  addMember,
  finishRotation,
  revokeMember,
  rotateMember,
} from '../../../src/composition/access/access-state.ts';
import { readLogin } from '../../../src/composition/access/login-folder.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { until } from '../harness/until.ts';
import { type ConfiguredServer, startConfigured } from '../nats/support/configured-server.ts';

const namespace = Namespace.parse('default');
const agent = { namespace, role: 'agent', name: 'h1' } as const;
let dir: string;
let server: ConfiguredServer;
let access: AccessFolder;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rollcall-operator-'));
  const init = (servers: readonly string[], reload: readonly string[]) =>
    AccessFolder.init(join(dir, 'access'), { servers, reload, jwt: true });
  access = await init(['nats://127.0.0.1:1'], []);
  await access.addAll([agent, { namespace, role: 'deploy', name: 'd' }]);
  server = await startConfigured(
    (storeDir) => `jetstream { store_dir: "${storeDir}" }\ninclude ../..${access.serverConfig}\n`,
  );
  access = await init([server.url], [`${server.pid}`]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** Connects with the login of the agent as it was copied to its machine. */
async function connectFrom(folder: string) {
  const { values } = await readLogin(folder);
  const creds = String(values['creds']);
  const settings = { namespace, servers: [server.url], creds, inboxPrefix: inboxPrefixOf(agent) };
  return connectNats({ ...(await connectionOptions(settings)), name: 'test' });
}

async function copied(name: string): Promise<string> {
  const copy = join(dir, name);
  await cp(access.loginOf(agent), copy, { recursive: true });
  return copy;
}

it('a login in operator mode is rotated, bound to other services and revoked by reloads', async () => {
  const first = await copied('first');
  const connection = await connectFrom(first);
  let ended = false;
  void connection.closed().then(() => {
    ended = true;
  });
  let answers = 0;
  const may = async (subject: string) => {
    const refused = new Promise<boolean>((resolve) => {
      void (async () => {
        for await (const { type } of connection.status()) if (type === 'error') resolve(false);
      })();
    });
    connection.publish(subject, 'x');
    await connection.flush();
    answers += 1;
    return Promise.race([
      refused,
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 100)),
    ]);
  };
  const web = '$KV.rollcall_default_registry.instance.h1.a.web.1';
  const other = '$KV.rollcall_default_registry.instance.h1.a.db.1';
  expect([await may(web), await may(other)]).toEqual([true, true]);
  await access.apply((state) => addMember(state, agent, ['web']));
  await until('the login is bound to a service', async () => !(await may(other)));
  expect(await may(web)).toBe(true);

  await access.apply((state) => rotateMember(state, agent));
  const second = await copied('second');
  await (await connectFrom(first)).close();
  await (await connectFrom(second)).close();
  await access.apply((state) => finishRotation(state, agent));
  await expect(connectFrom(first)).rejects.toMatchObject({ code: 'store-refused' });
  await (await connectFrom(second)).close();

  await access.apply((state) => revokeMember(state, agent));
  await expect(connectFrom(second)).rejects.toMatchObject({ code: 'store-refused' });
  await access.apply((state) => addMember(state, agent));
  await expect(connectFrom(second)).rejects.toMatchObject({ code: 'store-refused' });
  await (await connectFrom(await copied('third'))).close();
  await connection.close();
  expect([ended, answers > 0]).toEqual([true, true]);
});

it('the folder of an operator is readable only by its user, and the configuration has no secret', async () => {
  const { folder } = access;
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    expect([path, (await stat(path)).mode & 0o077]).toEqual([path, 0]);
  }
  const secrets = Object.values(
    JSON.parse(await readFile(join(folder, 'operator.json'), 'utf8')) as Record<string, string>,
  ).filter((text) => text.startsWith('S'));
  expect(secrets.length).toBeGreaterThan(4);
  const config = await readFile(access.serverConfig, 'utf8');
  for (const secret of secrets) expect(config).not.toContain(secret);
  await expect(
    AccessFolder.init(folder, { servers: [server.url], reload: [] }).then((again) =>
      again.configText(),
    ),
  ).resolves.toMatch(/^operator: /m);
});

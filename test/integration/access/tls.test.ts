import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { AccessFolder } from '../../../src/composition/access/access-folder.ts';
import { readLogin } from '../../../src/composition/access/login-folder.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { certificatesInUse } from '../../../src/composition/store/certificates-in-use.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { command } from '../cli/support/run-command.ts';
import { type ConfiguredServer, startConfigured } from '../nats/support/configured-server.ts';

const namespace = Namespace.parse('default');
const member = { namespace, role: 'collector', name: 'w' } as const;
let dir: string;
let server: ConfiguredServer;
let access: AccessFolder;
let url: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rollcall-tls-'));
  const [port = 0] = await freePorts(1);
  url = `tls://127.0.0.1:${port}`;
  const init = (reload: readonly string[]) =>
    AccessFolder.init(join(dir, 'access'), {
      servers: [url],
      reload,
      tls: { names: ['nats-1'], clients: true },
    });
  access = await init([]);
  await access.addAll([member]);
  const tls = join(access.folder, 'servers', '127=2E0=2E0=2E1', 'tls.conf');
  server = await startConfigured(
    () => `include ../..${tls}\ninclude ../..${access.serverConfig}\n`,
    port,
  );
  access = await init([`${server.pid}`]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const settingsOf = async (folder: string) => {
  const { values } = await readLogin(folder);
  return {
    namespace,
    servers: [url],
    nkey: String(values['nkey']),
    tlsCa: String(values['tls-ca']),
    tlsCert: String(values['tls-cert']),
    tlsKey: String(values['tls-key']),
  };
};

/** Why a login cannot connect; `connected` if it can. */
async function entering(
  settings: Awaited<ReturnType<typeof settingsOf>>,
  without?: 'tlsCa' | 'tlsCert',
): Promise<string> {
  const { tlsCa, tlsCert, tlsKey, ...rest } = settings;
  const given = {
    ...rest,
    ...(without !== 'tlsCa' && { tlsCa }),
    ...(without !== 'tlsCert' && { tlsCert, tlsKey }),
  };
  try {
    const options = await connectionOptions(given);
    const connection = await connectNats({ ...options, name: 'test', connectWithin: 1000 });
    await connection.flush();
    await connection.close();
    return 'connected';
  } catch (cause) {
    return String(cause);
  }
}

/** While nats-server reloads, it refuses some logins for a moment. */
const enters = (folder: Parameters<typeof entering>[0]) =>
  expect.poll(() => entering(folder), { timeout: 10_000 }).toBe('connected');

/** A login as it was copied to another machine. */
async function copied(name: string): Promise<Awaited<ReturnType<typeof settingsOf>>> {
  const copy = join(dir, name);
  await cp(access.loginOf(member), copy, { recursive: true });
  return settingsOf(copy);
}

it('a login with the certificates of rollcall connects by TLS, and nothing else does', async () => {
  const login = await copied('first');
  await enters(login);
  expect(await entering(login, 'tlsCa')).toMatch(
    /the certificate of the server at .* is not accepted: .*unable to verify the first certificate/,
  );
  expect(await entering(login, 'tlsCert')).not.toBe('connected');
  const inUse = await certificatesInUse(url, await connectionOptions(login));
  expect(inUse.map(({ of }) => of)).toEqual([
    `the server ${url}`,
    expect.stringMatching(/the authority in --tls-ca 'Rollcall CA 1/),
    "the client in --tls-cert 'collector-w'",
  ]);
  for (const file of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile()) expect([path, (await stat(path)).mode & 0o077]).toEqual([path, 0]);
  }
});

it('an authority that is installed on the system needs no setting', async () => {
  const { tlsCa, tlsCert, tlsKey } = await copied('system');
  const flags = [
    '--servers',
    url,
    '--namespace',
    namespace,
    '--tls-cert',
    tlsCert,
    '--tls-key',
    tlsKey,
  ];
  const asked = (env: Record<string, string>) =>
    command(['ps', '--nkey', join(dir, 'system', 'user.nk'), ...flags], env);
  expect((await asked({})).err).toContain('is not accepted');
  // The certificate is accepted; this server has no JetStream.
  expect((await asked({ SSL_CERT_FILE: tlsCa })).err).toContain('JetStream is not enabled');
});

it('the authority is replaced while logins of the former and of the new one connect', async () => {
  const before = await copied('before');
  expect(await access.renew('authority')).toEqual({ reloaded: [server.pid], failed: [] });
  await expect(access.renew('finish')).rejects.toThrow(
    'the new certificate authority has not signed the certificates yet',
  );
  const both = await copied('both');
  await enters(before);
  await enters(both);

  await access.renew('certificates');
  const after = await copied('after');
  await enters(both);
  await enters(after);
  expect(await entering(before)).toMatch(/unable to verify the first certificate/);

  await access.renew('finish');
  await enters(after);
  expect(await entering(both)).not.toBe('connected');
  expect((await access.certificates).map(({ kind, name }) => [kind, name])).toEqual([
    ['authority', expect.stringContaining('Rollcall CA 2')],
    ['server', '127.0.0.1'],
    ['client', 'collector-w'],
  ]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inboxPrefixOf } from '../../../src/adapters/nats/access/member.ts';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { AccessFolder } from '../../../src/composition/access/access-folder.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

const namespace = Namespace.parse('fleet');
const deploy = { namespace, role: 'deploy', name: 'd' } as const;

it('three servers with the certificates of rollcall access encrypt their routes, and a server without one does not join', async () => {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-routes-'));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 20 }));
  const ports = await freePorts(7);
  const [clients, routed] = [ports.slice(0, 3), ports.slice(3)];
  const servers = clients.map((port) => `tls://127.0.0.1:${port}`);
  const tls = { names: [], clients: false };
  const access = await AccessFolder.init(join(dir, 'access'), { servers, reload: [], tls });
  await access.addAll([deploy]);
  const certificate = `include ../..${join(access.folder, 'servers', '127=2E0=2E0=2E1', 'tls.conf')}\n`;
  const routes = routed.slice(0, 3).map((port) => `nats://127.0.0.1:${port}`);
  const start = async (n: number, port: number | undefined, secured: string) => {
    const cluster = `cluster { name: c, host: 127.0.0.1, port: ${routed[n]}, routes: [${routes.join(', ')}]\n${secured}}\n`;
    const config = (storeDir: string) =>
      `server_name: n${n}\njetstream { store_dir: "${storeDir}" }\n${secured}${cluster}include ../..${access.serverConfig}\n`;
    return opened.use(await startConfigured(config, port));
  };
  const running = await Promise.all(clients.map((port, n) => start(n, port, certificate)));

  const login = access.loginOf(deploy);
  const options = await connectionOptions({
    ...{ namespace, servers, nkey: join(login, 'user.nk'), tlsCa: join(login, 'ca.pem') },
    inboxPrefix: inboxPrefixOf(deploy),
  });
  const made = async () => {
    try {
      await using _streams = await openNatsStore({
        ...options,
        ...{ namespace, name: 'deploy', create: true, replicas: 3 },
      });
      return true;
    } catch (cause) {
      if (cause instanceof Fault) return false;
      throw cause;
    }
  };
  await until('streams have three replicas', made, 60_000);
  const stranger = await start(3, undefined, '');
  const isRefused = () => running.some(({ log }) => /TLS route handshake error/.test(log));
  await until('a server without a certificate is refused', isRefused);
  expect(stranger.log).not.toContain('JetStream cluster new metadata leader');
});

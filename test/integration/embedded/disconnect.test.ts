import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env, execPath, kill } from 'node:process';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { expect, onTestFinished, test } from 'vitest';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { startTestCluster } from '../harness/cluster.ts';

/** The server needs longer than this to notice that a client does not answer. */
const untilStale = 4000;

/** Connects a process to `client`, does something to it, and waits for the advisory at `observer`. */
async function advisoryAfter(
  signal: 'SIGKILL' | 'SIGSTOP',
  { client, observer }: { client: string; observer: string },
) {
  const nc = await connect({ servers: observer, ignoreClusterUpdates: true });
  const advisories = nc.subscribe('$SYS.ACCOUNT.APP.DISCONNECT', { max: 1, timeout: 20_000 });
  await nc.flush();
  const script = fileURLToPath(new URL('./support/client.ts', import.meta.url));
  const child = spawn(execPath, [script, client], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  kill(child.pid ?? 0, signal);
  const began = performance.now();
  for await (const advisory of advisories) {
    const { reason, client } = advisory.json<{ reason: string; client: { name: string } }>();
    const after = performance.now() - began;
    await nc.close();
    return { reason, name: client.name, after };
  }
  throw new Error('no advisory came');
}

test('a killed client process causes a disconnect advisory at once', async () => {
  await using store = await temporaryDirectory();
  const binary = env['ROLLCALL_NATS_SERVER'] ?? '';
  await using server = await startNatsServer({ binary, storeDir: store.path });
  const at = { client: server.url, observer: server.url };
  const { after, ...seen } = await advisoryAfter('SIGKILL', at);
  expect(seen).toEqual({ reason: 'Client Closed', name: 'the-client' });
  expect(after).toBeLessThan(untilStale);
});

test('a client that hangs without closing its connection causes a disconnect advisory within seconds', async () => {
  await using store = await temporaryDirectory();
  const binary = env['ROLLCALL_NATS_SERVER'] ?? '';
  await using server = await startNatsServer({ binary, storeDir: store.path });
  const at = { client: server.url, observer: server.url };
  const { after, ...seen } = await advisoryAfter('SIGSTOP', at);
  expect(seen).toEqual({ reason: 'Stale Connection', name: 'the-client' });
  expect(after).toBeLessThan(8000);
});

test('in a cluster a disconnect advisory reaches collectors on every server', async () => {
  await using cluster = await startTestCluster(3);
  const [client = '', observer = ''] = cluster.urls;
  const { after, ...seen } = await advisoryAfter('SIGKILL', { client, observer });
  expect(seen).toEqual({ reason: 'Client Closed', name: 'the-client' });
  expect(after).toBeLessThan(untilStale);
});

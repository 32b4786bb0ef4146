import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, kill, pid } from 'node:process';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { type NatsServer, startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';

const binary = env['ROLLCALL_NATS_SERVER'] ?? '';

async function inUse(storeDir: string): Promise<string[]> {
  return (await readdir(storeDir)).filter((name) => name.startsWith('in-use-by'));
}

function lives(server: NatsServer): boolean {
  try {
    return kill(server.pid, 0);
  } catch {
    return false;
  }
}

describe('the embedded server', () => {
  test('serves JetStream on loopback without credentials, and keeps streams over a restart', async () => {
    await using store = await temporaryDirectory();
    for (const run of [1, 2, 3]) {
      await using server = await startNatsServer({ binary, storeDir: store.path });
      const nc = await connect({ servers: server.url });
      const jsm = await jetstreamManager(nc);
      if (run === 1) await jsm.streams.add({ name: 'KEPT', subjects: ['kept'] });
      expect((await jetstream(nc).publish('kept', String(run))).seq).toBe(run);
      await nc.close();
      if (run === 2) kill(server.pid, 'SIGKILL');
    }
  });

  test('opens the system account only with the password of this start', async () => {
    await using store = await temporaryDirectory();
    await using server = await startNatsServer({ binary, storeDir: store.path });
    const anonymous = await connect({ servers: server.url });
    await expect(anonymous.request('$SYS.REQ.SERVER.PING', '', { timeout: 500 })).rejects.toThrow();
    await anonymous.close();
    const system = await connect({ servers: server.url, ...server.system });
    const answer = await system.request('$SYS.REQ.SERVER.PING', '', { timeout: 500 });
    expect(answer.json()).toHaveProperty('server');
    await system.close();
  });

  test('requires credentials on addresses that other machines can reach', async () => {
    await using store = await temporaryDirectory();
    await using server = await startNatsServer({ binary, storeDir: store.path, host: '0.0.0.0' });
    const anonymous = connect({ servers: `127.0.0.1:${server.port}`, reconnect: false });
    await expect(anonymous).rejects.toThrow(/authorization/i);
    const nc = await connect({ servers: server.url, ...server.app });
    await nc.close();
  });
});

describe('a start that fails', () => {
  test('names the port that is taken', async () => {
    await using stores = await temporaryDirectory();
    await using first = await startNatsServer({ binary, storeDir: join(stores.path, 'a') });
    const storeDir = join(stores.path, 'b');
    const second = startNatsServer({ binary, storeDir, port: first.port });
    await expect(second).rejects.toMatchObject({
      code: 'port-taken',
      message: `127.0.0.1:${first.port} is taken by another program`,
    });
    expect(await inUse(storeDir)).toEqual([]);
  });

  test('shows the output of the server before it ended', async () => {
    await using store = await temporaryDirectory();
    const broken = join(store.path, 'broken');
    await writeFile(broken, '#!/bin/sh\necho no luck today >&2\nexit 3\n', { mode: 0o755 });
    await expect(startNatsServer({ binary: broken, storeDir: store.path })).rejects.toMatchObject({
      code: 'server-failed',
      message: expect.stringMatching(/ended during its start; its output:\n {2}no luck today/),
    });
  });

  test('reports that the store cannot be written', async () => {
    await using store = await temporaryDirectory();
    await writeFile(join(store.path, 'file'), '');
    const storeDir = join(store.path, 'file', 'store');
    await expect(startNatsServer({ binary, storeDir })).rejects.toMatchObject({
      code: 'server-failed',
      message: expect.stringContaining('is not usable'),
    });
  });

  test('by an abort leaves no server and no lock on the store', async () => {
    await using store = await temporaryDirectory();
    const slow = join(store.path, 'slow');
    await writeFile(slow, `#!/bin/sh\necho $$ >${store.path}/pid\nexec sleep 60\n`, {
      mode: 0o755,
    });
    const signal = AbortSignal.timeout(300);
    const start = startNatsServer({ binary: slow, storeDir: store.path, signal });
    await expect(start).rejects.toThrow(/aborted/);
    expect(await inUse(store.path)).toEqual([]);
  });
});

describe('a store directory', () => {
  test('is refused to a second server until the first has stopped', async () => {
    await using store = await temporaryDirectory();
    const options = { binary, storeDir: store.path };
    const first = await startNatsServer(options);
    await expect(startNatsServer(options)).rejects.toMatchObject({
      code: 'server-failed',
      message: expect.stringMatching(/is in use by a nats-server \(process \d+\)/),
    });
    expect(lives(first)).toBe(true);
    await first.stop();
    await using second = await startNatsServer(options);
    expect(lives(second)).toBe(true);
  });

  test('is used by only one of several servers that start at the same time', async () => {
    await using store = await temporaryDirectory();
    const starts = [1, 2, 3, 4].map(() => startNatsServer({ binary, storeDir: store.path }));
    const settled = await Promise.allSettled(starts);
    const started = settled.filter((end) => end.status === 'fulfilled').map((end) => end.value);
    expect(started.filter(lives)).toHaveLength(started.length);
    expect(started.length).toBeLessThanOrEqual(1);
    for (const server of started) await server.stop();
  });

  test.each([
    ['whose process is gone', '2147483646', 'some-boot 1\n'],
    ['whose process is gone, on a system without /proc', '2147483646', ''],
    ['whose process id was given to another since', String(pid), 'another-boot 1\n'],
  ])('is taken over from a lock holder %s', async (_, holder, birth) => {
    await using store = await temporaryDirectory();
    await writeFile(join(store.path, `in-use-by.${holder}`), birth);
    await using server = await startNatsServer({ binary, storeDir: store.path });
    expect(lives(server)).toBe(true);
    expect(await inUse(store.path)).toHaveLength(1);
  });
});

describe('the end of a server', () => {
  test('by a kill is reported differently from a requested stop', async () => {
    await using store = await temporaryDirectory();
    await using killed = await startNatsServer({ binary, storeDir: store.path });
    kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toEqual({ asked: false, code: 137 });
    await killed.stop();
    const stopped = await startNatsServer({ binary, storeDir: store.path });
    await stopped.stop();
    await stopped.stop();
    expect(await stopped.exited).toEqual({ asked: true, code: 0 });
    expect(await inUse(store.path)).toEqual([]);
  });

  test('is forced by SIGKILL ten seconds after an ignored SIGTERM', async () => {
    await using store = await temporaryDirectory();
    const server = await startNatsServer({ binary, storeDir: store.path });
    kill(server.pid, 'SIGSTOP');
    const began = performance.now();
    await server.stop();
    expect(await server.exited).toEqual({ asked: true, code: 137 });
    expect(performance.now() - began).toBeGreaterThan(9000);
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

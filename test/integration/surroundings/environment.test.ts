import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, getuid } from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../cli/support/run-command.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';

const server = await startTestServer();
const folder = await mkdtemp(join(tmpdir(), 'rollcall-environment-'));
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

const { ROLLCALL_NATS_SERVER } = process.env;
const up = (...args: readonly string[]) =>
  rollcall(['up', '--json', '--no-dashboard', ...args], {
    ...{ ROLLCALL_NATS_SERVER, XDG_STATE_HOME: folder, NATS_URL: server.url },
  });

describe('rollcall up while NATS_URL is set', () => {
  test('starts its own server if its port or its store is given, and reports this', async () => {
    await using running = up('--port', '0');
    const { servers } = await running.ready;
    expect(servers).not.toBe(server.url);
    expect(running.stderr).toContain('NATS_URL is not used: --port asks for a server of its own');
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });

  test('uses the server of NATS_URL without these settings, and reports that it starts none', async () => {
    await using running = up();
    expect((await running.ready)['servers']).toBe(server.url);
    expect(running.stderr).toContain('using the server of NATS_URL; none is started');
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });
});

describe('an agent in a container with an arbitrary user and no home directory', () => {
  test('serves under the host id that it is given', async () => {
    const args = ['agent', '--servers', server.url, '--name', 'shop', '--json', '--no-collect'];
    const child = spawn(execPath, [main, ...args, '--host', 'pod-1'], {
      ...{ stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', env: { PATH: '/usr/bin:/bin' } },
      ...(getuid?.() === 0 && { uid: 54_321, gid: 54_321 }),
    });
    const exited = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      if (JSON.parse(line).event === 'ready') child.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });
});

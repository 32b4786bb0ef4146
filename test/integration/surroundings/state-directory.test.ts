import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../cli/support/run-command.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const folder = await mkdtemp(join(tmpdir(), 'rollcall-state-dir-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

/**
 * `rollcall agent` with the local API, whose state directory is a file system of its own. Only this process and
 * its children see it, so that it needs no root and leaves nothing behind.
 */
async function agentOn(
  fleet: TestFleet,
  name: string,
  [options, prepare]: readonly [string, string],
) {
  const dir = join(folder, name);
  await mkdir(dir);
  const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--state-dir', dir];
  const agent = ['--host', 'h1', '--name', 'a', '--api', '127.0.0.1:0', '--ttl', '2s', '--json'];
  const mount = `mount -t tmpfs -o ${options} rollcall-test "$0" && ${prepare} && exec "$@"`;
  const args = [mount, dir, execPath, main, 'agent', ...where, ...agent];
  const child = spawn('unshare', ['-rm', 'bash', '-c', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ROLLCALL_COLLECT: 'false' },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let api: string | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { event, api: url } = JSON.parse(line);
    if (event === 'ready') api = url;
  });
  await until(
    'the agent is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`the agent ended: ${stderr}`);
      return api;
    },
    90_000,
  );
  return {
    stderr: () => stderr,
    /** The directory as the agent sees it. */
    dir: `/proc/${child.pid}/root${dir}`,
    register: async (id: string) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${api}/v1/instances/web/${id}`;
      return (await fetch(url, { method: 'PUT', headers, body: '{}' })).status;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

const readOnly = ['ro', 'true'] as const;
const full = [
  'size=64k',
  '{ head -c 100000 /dev/zero > "$0/ballast"; true; } 2>/dev/null',
] as const;

describe('an agent', () => {
  test.each([
    ['read-only', readOnly, 'EROFS'],
    ['full', full, 'ENOSPC'],
  ] as const)(
    'whose state directory is %s registers instances, keeps them live, and reports it once',
    async (name, file, code) => {
      await using fleet = await world.fleet();
      await fleet.collector();
      await using agent = await agentOn(fleet, name, file);
      expect(await agent.register('w1')).toBe(201);
      expect(await agent.register('w2')).toBe(201);
      await until('both are live', () =>
        ['w1', 'w2'].every((id) => fleet.row('web', id)?.state === 'live'),
      );
      await until('it is reported', () => agent.stderr().includes('api-state-unwritten'));
      expect(agent.stderr()).toContain(code);
      expect(agent.stderr().match(/api-state-unwritten/g)).toHaveLength(1);
      if (name === 'read-only') return;
      // The disk has room again: what was registered meanwhile is saved without another request.
      await rm(join(agent.dir, 'ballast'));
      const saved = () => readFile(join(agent.dir, `api-${fleet.namespace}-a.json`), 'utf8');
      await until('both are saved', () =>
        saved().then(
          (text) => text.includes('w2'),
          () => false,
        ),
      );
    },
  );
});

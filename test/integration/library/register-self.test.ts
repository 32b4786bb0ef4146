import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectory } from '../../../src/index.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-self-'));
});
afterAll(() => rm(stateDir, { recursive: true }));

async function start(options: object) {
  const fixture = fileURLToPath(new URL('../fixtures/registers-itself.ts', import.meta.url));
  const given = { servers: world.server.url, stateDir, host: 'h1', ...options };
  const child = spawn(process.execPath, [fixture, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, name: `${line}`.trim() };
}

describe('a process that registers itself', () => {
  it('drains and leaves at SIGTERM if it is asked to, and ends by that signal', async () => {
    const at = { namespace: 'self-1' };
    const { child, name } = await start({ ...at, service: 'web', drain: 700, stopOnSigterm: true });
    await using directory = await openDirectory({ servers: world.server.url, ...at });
    const [row] = directory.instances('web');
    expect(row).toMatchObject({ state: 'live', labels: { version: expect.any(String) } });
    expect(name).toBe(`web/${row?.id}`);
    const page = await fetch(`http://127.0.0.1:${row?.port}/`);
    expect(await page.text()).toBe('hello');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await until('it drains', () => directory.instances('web')[0]?.state === 'draining');
    expect(await ended).toEqual([null, 'SIGTERM']);
    await until('it is gone', () => directory.instances().length === 0);
    expect(directory.agents()).toEqual([]);
  });

  it('takes the service from its package.json, and leaves signals to the program', async () => {
    const at = { namespace: 'self-2' };
    const { child, name } = await start(at);
    expect(name).toMatch(/^rollcall\//);
    await using directory = await openDirectory({ servers: world.server.url, ...at });
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(directory.instances('rollcall')).toHaveLength(1);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFleet } from '../../harness/fleet.ts';
import { rollcall } from '../../harness/processes.ts';
import { throughout, until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const times = ['--ttl', '2s', '--grace', '1s'];

/** An agent with the local API on a free port. */
async function agentWithApi(fleet: TestFleet, more: readonly string[] = []) {
  const args = ['agent', '--host', 'h1', '--name', 'a', '--api', '127.0.0.1:0', ...times, ...more];
  const process = fleet.start(args);
  const { api } = (await process.ready) as { api?: string };
  return { process, url: `${api}/v1/instances` };
}

/** Runs curl as a user would; its status and document. */
async function curl(...args: readonly string[]) {
  const child = spawn('curl', ['-sS', '-w', '\n%{http_code}', ...args]);
  const out: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => void out.push(data));
  await once(child, 'close');
  const lines = Buffer.concat(out).toString().trimEnd().split('\n');
  const status = Number(lines.pop());
  return { status, body: lines[0] ? JSON.parse(lines[0]) : undefined };
}

const put = (url: string, document: object) =>
  curl('-X', 'PUT', '--json', JSON.stringify(document), url);

/** A process that holds a registration; resolves once it does. */
async function attached(url: string) {
  const child = spawn('curl', ['-sSN', '-X', 'POST', url]);
  await once(child.stdout, 'data');
  return child;
}

const health = (fleet: TestFleet, id: string) => fleet.row('web', id)?.health;

/** One agent for the tests that do not stop it, because a start takes a second. */
function withAgent() {
  const opened = new AsyncDisposableStack();
  let running: { fleet: TestFleet; url: string; run: string } | undefined;
  beforeAll(async () => {
    const fleet = opened.use(await world.fleet());
    const file = await fleet.instancesFile([{ service: 'web', id: 'listed' }]);
    const { url, process } = await agentWithApi(fleet, ['--instances', file]);
    const { run } = await process.ready;
    running = { fleet, url, run };
  });
  afterAll(() => opened.disposeAsync());
  return () => {
    if (!running) throw new Error('it is started before all tests');
    return running;
  };
}

describe('the local API of rollcall agent', () => {
  const agent = withAgent();

  it('registers, changes, reports and deregisters instances for curl', async () => {
    const { fleet, url, run } = agent();
    const one = { service: 'web', id: 'w1', host: 'h1', agent: 'a', run };
    const first = await put(`${url}/web/w1`, { address: '10.0.0.7', port: 80 });
    expect(first).toEqual({ status: 201, body: { ...one, token: expect.any(Number) } });
    await until('it is registered', () => fleet.row('web', 'w1')?.port === 80);
    const { token } = first.body;
    const changed = await put(`${url}/web/w1`, { port: 81, labels: { version: '2' } });
    expect(changed).toEqual({ status: 200, body: { ...one, token } });
    await until('it is changed', () => fleet.row('web', 'w1')?.labels['version'] === '2');
    const failing = { state: 'failing', detail: 'disk full' };
    expect((await put(`${url}/web/w1/health`, failing)).status).toBe(204);
    await until('it fails', () => health(fleet, 'w1')?.detail === 'disk full');
    expect((await curl('-X', 'POST', `${url}/web/w1/beat`)).status).toBe(204);
    expect((await curl(url)).body).toContainEqual(
      expect.objectContaining({ id: 'w1', health: failing, attached: 0 }),
    );
    expect((await curl('-X', 'DELETE', `${url}/web/w1`)).status).toBe(204);
    await until('it is gone', () => !fleet.row('web', 'w1'));
    expect((await curl('-X', 'POST', `${url}/web/w1/beat`)).status).toBe(404);
  });

  it('makes an instance failing as soon as its attached process is killed', async () => {
    const { fleet, url } = agent();
    const delays: number[] = [];
    for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) {
      await put(`${url}/web/${id}`, {});
      const program = await attached(`${url}/web/${id}/attach`);
      await until('it serves', () => fleet.row('web', id)?.state === 'live' || health(fleet, id));
      const killedAt = performance.now();
      program.kill('SIGKILL');
      while (health(fleet, id)?.state !== 'failing') {
        if (performance.now() - killedAt > 10_000) throw new Error('it is not failing after 10 s');
        await new Promise((resolve) => setImmediate(resolve));
      }
      delays.push(performance.now() - killedAt);
      expect(health(fleet, id)?.detail).toBe('the connection of its process closed');
    }
    delays.sort((a, b) => a - b);
    // 50 ms on a quiet machine; the tests of other files run at the same time.
    expect(delays[2], `delays in ms: ${delays.map(Math.round)}`).toBeLessThan(500);
  });

  it('makes an instance without beats failing after its ttl, and deregisters it later', async () => {
    const { fleet, url } = agent();
    await put(`${url}/web/w3`, { ttl: '2s', removeAfter: '3s' });
    await until('it fails', () => health(fleet, 'w3')?.detail === 'no beat for 2 s');
    await until('it is gone', () => !fleet.row('web', 'w3'));
    expect((await curl('-X', 'POST', `${url}/web/w3/beat`)).status).toBe(404);
  });

  it('drains an instance before it deregisters it', async () => {
    const { fleet, url } = agent();
    await put(`${url}/web/w4`, {});
    const removed = curl('-X', 'DELETE', `${url}/web/w4?drain=1s`);
    await until('it drains', () => health(fleet, 'w4')?.state === 'draining');
    expect((await removed).status).toBe(204);
    await until('it is gone', () => !fleet.row('web', 'w4'));
  });

  it('adopts what the registry still has when the agent is started again, and nothing else', async () => {
    await using fleet = await world.fleet();
    const { url, process } = await agentWithApi(fleet, ['--ttl', '2s', '--grace', '60s']);
    await put(`${url}/web/w1`, { ttl: '2s', labels: { a: 'b' } });
    await put(`${url}/web/w2`, { check: { tcp: '127.0.0.1:1', every: '60s' } });
    await put(`${url}/web/w1/health`, { state: 'failing', detail: 'disk full' });
    process.kill('SIGKILL');
    await process.exited;
    const again = await agentWithApi(fleet);
    const { body } = await curl(again.url);
    expect(body).toMatchObject([
      { id: 'w1', health: { state: 'failing', detail: 'disk full' }, labels: { a: 'b' } },
      { id: 'w2', health: { state: 'failing' } },
    ]);
    expect((await put(`${again.url}/web/w1/health`, { state: 'serving' })).status).toBe(204);
    await until('it serves', () => health(fleet, 'w1')?.state === 'serving');
    // An orderly stop removes both, so the next process finds nothing to adopt.
    again.process.kill('SIGTERM');
    await again.process.exited;
    await fleet.standing();
    const third = await agentWithApi(fleet);
    expect((await curl(third.url)).body).toEqual([]);
    expect((await curl('-X', 'POST', `${third.url}/web/w1/beat`)).status).toBe(404);
  });

  it('refuses names of the instances file, and requests of web pages', async () => {
    const { url } = agent();
    const taken = await put(`${url}/web/listed`, {});
    expect(taken).toMatchObject({ status: 409, body: { error: 'taken' } });
    expect(taken.body.message).toContain('the instances file');
    const rebound = await curl('-H', 'host: evil.example', url);
    expect(rebound).toMatchObject({ status: 403, body: { error: 'forbidden' } });
    expect((await curl('-H', 'origin: http://evil.example', url)).status).toBe(403);
    const form = await curl('-X', 'PUT', '-d', 'port=80', `${url}/web/w9`);
    expect(form).toMatchObject({ status: 415, body: { error: 'not-json' } });
    const exec = await put(`${url}/web/w9`, { check: { exec: ['true'] } });
    expect(exec).toMatchObject({ status: 400, body: { error: 'bad-request' } });
    expect(exec.body.message).toContain('instances file');
  });

  it('listens on a UNIX socket that only owner and group may use, before the store answers', async () => {
    const path = join(tmpdir(), `rollcall-${process.pid}.sock`);
    const nowhere = ['--servers', 'nats://127.0.0.1:1'];
    const state = { XDG_STATE_HOME: await mkdtemp(join(tmpdir(), 'rollcall-state-')) };
    const args = ['agent', '--host', 'h1', '--name', 'a', '--api', path, ...nowhere];
    await using first = rollcall(args, state);
    const url = 'http://localhost/v1';
    const unix = ['--unix-socket', path];
    await until('it listens', async () => (await curl(...unix, `${url}/agent`)).status === 200);
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    const pending = await curl(...unix, '-X', 'PUT', `${url}/instances/web/w1`);
    expect(pending).toMatchObject({ status: 202, body: { pending: true } });
    first.kill('SIGKILL');
    await first.exited;
    // The socket of a killed process is replaced.
    await using next = rollcall(args, state);
    await until('it listens', async () => (await curl(...unix, `${url}/agent`)).status === 200);
    next.kill('SIGTERM');
    expect(await next.exited).toBe(0);
    await rm(state.XDG_STATE_HOME, { recursive: true });
  });

  it('does not count time in which the agent itself was stopped', async () => {
    await using fleet = await world.fleet();
    const { url, process } = await agentWithApi(fleet, ['--ttl', '15s']);
    await put(`${url}/web/w1`, { ttl: '3s' });
    await until('it is registered', () => fleet.row('web', 'w1'));
    process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 4000));
    process.kill('SIGCONT');
    await throughout('it serves', () => health(fleet, 'w1')?.state === 'serving', 1000);
  });
});

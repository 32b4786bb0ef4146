import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { offerLocalLogin } from '../../../src/composition/store/offer-local-login.ts';
import { localLoginDir } from '../../../src/composition/xdg-directories.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { commandOfOther } from './support/other-user.ts';
import { command } from './support/run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-up-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const { ROLLCALL_NATS_SERVER } = process.env;
const up = (...args: string[]) =>
  rollcall(['up', '--json', ...args], { ROLLCALL_NATS_SERVER, XDG_STATE_HOME: folder });
/** The environment of the user who runs it. */
const mine = () => ({ XDG_STATE_HOME: folder });
const onFreePort = ['--port', '0'];

describe('rollcall up', () => {
  it('prints the server’s address first, in the shape that scripts rely on', async () => {
    await using running = up(...onFreePort);
    expect(await running.ready).toEqual({
      event: 'ready',
      servers: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+$/),
      dashboard: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      dashboardTokenFile: null,
      dashboardLookTokenFile: null,
      metrics: null,
      pid: running.pid,
    });
    await running.line(({ type }) => type === 'sighted');
    const { servers } = await running.ready;
    expect(await command(['doctor', '--servers', `${servers}`], mine())).toMatchObject({ code: 0 });
    running.kill('SIGINT');
    expect(await running.exited).toBe(0);
    expect(await command(['ps', '--servers', `${servers}`])).toMatchObject({ code: 3 });
  });

  it('accepts only connections of the user who started it, by default', async () => {
    const store = join(folder, 'store');
    await using running = up(...onFreePort, '--store', store);
    const { servers } = await running.ready;
    const where = ['ps', '--json', '--servers', `${servers}`];
    const other = await commandOfOther(where, folder);
    expect([other.code, other.err]).toEqual([3, expect.stringContaining('refused the login')]);
    expect(other.err).toContain('`login` in its data directory, which only its own user can read');
    await expect(connect({ servers: `${servers}` })).rejects.toThrow(/Authorization/i);
    expect(await command(where, mine())).toMatchObject({ code: 0 });
    const login = ['ps', '--json', '--login', join(store, 'login')];
    expect(await command(login, { XDG_STATE_HOME: join(folder, 'other') })).toMatchObject({
      code: 0,
    });
    const secrets = [join(store, 'login', 'password'), join(folder, 'rollcall', 'servers')];
    for (const path of secrets) expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('is named by a command that reaches no server at the usual port', async () => {
    await using running = up(...onFreePort);
    const { servers } = await running.ready;
    const port = new URL(`${servers}`).port;
    const [other = 0] = await freePorts(1);
    const away = await command(['ps', '--servers', `nats://127.0.0.1:${other}`], mine());
    expect([away.code, away.err]).toEqual([
      3,
      expect.stringContaining(`runs a server at port ${port}: use --servers`),
    ]);
  });

  it('accepts an agent that was started before it', async () => {
    const [port = 0] = await freePorts(1);
    const where = ['--servers', `nats://127.0.0.1:${port}`, '--json'];
    await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', ...where], mine());
    await until('it retries', () => agent.stderr.includes('retrying'));
    await using _running = up('--port', `${port}`);
    await agent.ready;
  });

  it('accepts an agent that was started after the server and before its login', async () => {
    const store = join(folder, 'store');
    const binary = `${ROLLCALL_NATS_SERVER}`;
    await using server = await startNatsServer({ binary, storeDir: store, needsLogin: true });
    const where = ['--servers', server.url, '--json'];
    await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', ...where], mine());
    await until('it retries', () => agent.stderr.includes('refused the login'));
    const place = { folder: localLoginDir(mine()), pid: process.pid, store };
    await using _login = await offerLocalLogin(server, place);
    await agent.ready;
  });

  it('keeps the registry over a restart', async () => {
    const store = join(folder, 'store');
    {
      await using first = up(...onFreePort, '--store', store);
      const { servers } = await first.ready;
      const where = ['--servers', `${servers}`, '--json'];
      await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', ...where], mine());
      await agent.ready;
      agent.kill('SIGKILL');
      await agent.exited;
      first.kill('SIGTERM');
      expect(await first.exited).toBe(0);
    }
    await using second = up(...onFreePort, '--store', store);
    const { servers } = await second.ready;
    const { documents } = await command(['agents', '--json', '--servers', `${servers}`], mine());
    expect(documents()).toMatchObject([{ host: 'h1', agent: 'a' }]);
  });

  it('refuses a second user of the same store', async () => {
    await using first = up(...onFreePort);
    await first.ready;
    await using second = up(...onFreePort);
    expect(await second.exited).toBe(1);
    expect(JSON.parse(second.stderr)).toMatchObject({
      code: 'server-failed',
      message: expect.stringContaining('is in use by a nats-server'),
      hint: expect.stringContaining('--servers'),
    });
  });

  it('reports a port in use with a remedy', async () => {
    await using server = await startTestServer();
    await using running = up('--port', `${server.port}`);
    expect(await running.exited).toBe(1);
    expect(running.stderr).toContain(`${server.port} is taken by another program`);
  });

  it('starts no server with --servers, only a collector', async () => {
    await using server = await startTestServer();
    await using running = up('--servers', server.url);
    expect((await running.ready)['servers']).toBe(server.url);
    await running.line(({ type }) => type === 'sighted');
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });

  it('ends with a report if its server ends by itself', async () => {
    await using running = up(...onFreePort);
    await running.ready;
    await until('its server', () => running.lines.some(({ type }) => type === 'sighted'));
    const [pid] = (await serversOf(running.pid)) ?? [];
    if (pid === undefined) throw new Error('it has no nats-server'); // kill(0) would signal our own group
    kill(pid, 'SIGKILL');
    expect(await running.exited).toBe(1);
    expect(running.stderr).toContain('nats-server exited unexpectedly');
  });

  it('reports an invalid binary before anything starts', async () => {
    const env = { ROLLCALL_NATS_SERVER: '/not/there', XDG_STATE_HOME: folder };
    const { code, err } = await command(['up', '--json', ...onFreePort], env);
    expect(code).toBe(1);
    expect(err).toContain('/not/there');
  });
});

/** The nats-server processes below a process. */
async function serversOf(pid: number): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    all.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const [, command, parent] = /\((.*)\) \S (\d+)/.exec(stat) ?? [];
      return { pid: Number(name), command, parent: Number(parent) };
    }),
  );
  const below = (of: number): number[] => {
    const children = stats.filter(({ parent }) => parent === of);
    return children.flatMap((child) => [
      ...(child.command?.endsWith('nats-server') ? [child.pid] : []),
      ...below(child.pid),
    ]);
  };
  return below(pid);
}

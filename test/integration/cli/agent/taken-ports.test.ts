import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portOf } from '../../../../tools/bench/environment/free-ports.ts';
import { rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

/** Another program on a port. */
async function otherProgram(): Promise<Server> {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  return other;
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve));

describe('a port that another program uses', () => {
  it('does not keep an agent and a collector from their work', async () => {
    await using fleet = await world.fleet();
    const other = await otherProgram();
    const port = String(portOf(other));
    const address = `127.0.0.1:${port}`;
    const one = { service: 'web', id: 'w1' };
    const agent = await fleet.agent('h1', 'a', [one], ['--metrics', port, '--api', address]);
    const collector = fleet.start(['collector', '--host', 'h2', '--metrics', port]);
    await Promise.all([agent.ready, collector.ready]);
    await until('it is live', () => fleet.row('web', 'w1')?.health.state === 'serving');
    expect(agent.stderr).toContain(`no local API: port ${port}`);
    expect(collector.stderr).toContain('no metrics');
    await close(other);
    await until('the agent opens one', () => agent.stderr.includes(` at http://${address}`));
  });

  it('of the dashboard does not keep rollcall up from collecting, and the page opens when it is free', async () => {
    const other = await otherProgram();
    const port = portOf(other);
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-up-'));
    const { ROLLCALL_NATS_SERVER } = process.env;
    const ports = ['--port', '0', '--dashboard-port', `${port}`];
    {
      await using up = rollcall(['up', ...ports, '--json'], {
        ROLLCALL_NATS_SERVER,
        XDG_STATE_HOME: folder,
      });
      expect(await up.ready).toMatchObject({ dashboard: null });
      await up.line(({ type }) => type === 'sighted');
      expect(up.stderr).toContain(`port ${port}`);
      await close(other);
      const page = `http://127.0.0.1:${port}/`;
      const isOpen = () =>
        fetch(page).then(
          ({ ok }) => ok,
          () => false,
        );
      await until('the page is open', isOpen, 60_000);
      up.kill('SIGTERM');
      expect(await up.exited).toBe(0);
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  });

  it('of DNS does not keep rollcall serve from answering over HTTP', async () => {
    await using fleet = await world.fleet();
    const other = await otherProgram();
    const port = portOf(other);
    const doors = ['--dns', `127.0.0.1:${port}`, '--http', '127.0.0.1:0'];
    const serve = fleet.start(['serve', ...doors]);
    const { http, dns } = await serve.line(({ event }) => event === 'listening');
    expect(dns).toBeUndefined();
    await serve.ready;
    expect((await fetch(`${http}/v1/services`)).status).toBe(200);
    expect(serve.stderr).toContain(`no DNS: port ${port} of 127.0.0.1 (--dns) is already in use`);
    await close(other);
    await until('DNS is open', () => serve.stderr.includes(`DNS at 127.0.0.1:${port}`));
  });

  it('ends rollcall serve if it is its only door', async () => {
    await using fleet = await world.fleet();
    const other = await otherProgram();
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const { code, err } = await command(['serve', ...where, '--http', String(portOf(other))]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('already in use') });
    await close(other);
  });
});

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { command, withoutWaiting } from './support/run-command.ts';

let nobody: string;
let state: string;
beforeAll(async () => {
  const [port] = await freePorts(1);
  nobody = `nats://127.0.0.1:${port}`;
  state = await mkdtemp(join(tmpdir(), 'rollcall-state-'));
});
afterAll(() => rm(state, { recursive: true, maxRetries: 20 }));

const asking = ['ps', 'agents', 'hosts', 'doctor', 'audit tail', 'audit show h1/a'];

describe('a command without a server', () => {
  it.each(asking)('reports this immediately with a remedy: %s', async (line) => {
    const limit = await withoutWaiting();
    const { code, out, err, took } = await command([...line.split(' '), '--servers', nobody]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(`no NATS server answers at ${nobody}`);
    expect(err).toContain('rollcall up');
    expect(took).toBeLessThan(limit);
  });

  it('does not print the password in the address', async () => {
    const secret = nobody.replace('://', '://joe:hunter2@');
    const { code, err } = await command(['ps', '--servers', secret]);
    expect(code).toBe(3);
    expect(err).toContain(nobody);
    expect(err).not.toContain('hunter2');
  });

  it('waits three seconds for a server that accepts and sends nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const limit = await withoutWaiting();
    const { code, err, took } = await command(['ps', '--servers', `127.0.0.1:${portOf(silent)}`]);
    silent.close();
    expect(code).toBe(3);
    expect(err).toContain('no NATS server answers');
    expect(took).toBeGreaterThan(2500);
    expect(took).toBeLessThan(3000 + limit);
  });

  it('waits three seconds for a frozen server', async () => {
    await using server = await startTestServer();
    server.freeze();
    const limit = await withoutWaiting();
    const { code, took } = await command(['ps', '--servers', server.url]);
    server.thaw();
    expect(code).toBe(3);
    expect(took).toBeLessThan(3000 + limit);
  });
});

describe('a long-running command waits for a server', () => {
  it('and reports it, as agent, collector, watch and run, and continues when there is one', async () => {
    await using server = await startTestServer();
    await server.stop();
    const env = { XDG_STATE_HOME: state };
    const where = ['--servers', server.url, '--json'];
    await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', ...where], env);
    await using collector = rollcall(['collector', '--host', 'h1', ...where], env);
    await using watch = rollcall(['watch', ...where], env);
    const sleeping = ['--host', 'h2', '--service', 's', '--', 'sleep', '60'];
    await using run = rollcall(['run', ...where, ...sleeping], env);
    for (const waiting of [agent, collector, watch, run]) {
      await until('it says that it waits', () => waiting.stderr.includes('no NATS server answers'));
      expect(waiting.lines).toEqual([]);
    }
    await server.restart();
    await Promise.all([agent.ready, collector.ready, run.ready]);
    await watch.line((line) => line['service'] === 's' && line['state'] === 'live');
    expect(agent.stderr).toContain('connected to');
    // Its process would survive SIGKILL and keep our pipe open.
    run.kill('SIGTERM');
    await run.exited;
  });

  it('and stops immediately at a signal', async () => {
    for (const words of [['agent', '--name', 'a'], ['collector'], ['watch']]) {
      await using waiting = rollcall([...words, '--servers', nobody], { XDG_STATE_HOME: state });
      await until('it says that it waits', () => waiting.stderr.includes('no NATS server answers'));
      waiting.kill('SIGINT');
      expect([words, await waiting.exited]).toEqual([words, 0]);
    }
  });

  it('after a lost connection too, and reports the loss and the return', async () => {
    await using server = await startTestServer();
    await using watch = rollcall(['watch', '--servers', server.url], { XDG_STATE_HOME: state });
    await using collector = rollcall([
      'collector',
      '--host',
      'h',
      '--json',
      '--servers',
      server.url,
    ]);
    await collector.ready;
    await until('it watches', () => watch.lines.length > 0);
    await server.stop();
    await until('it says so', () => watch.stderr.includes('lost the connection to'));
    await server.restart();
    await until('it is back', () => watch.stderr.includes('reconnected to'));
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { portOf } from '../../../../tools/bench/environment/free-ports.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command, main } from '../support/run-command.ts';

const world = withServer();

describe('rollcall agent', () => {
  it('reports its identity first, then each step of its session, and leaves at SIGTERM', async () => {
    await using fleet = await world.fleet();
    const { process, run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const { term } = await process.ready;
    process.kill('SIGTERM');
    expect(await process.exited).toBe(0);
    const [first, ...steps] = process.lines;
    const who = { host: 'h1', agent: 'a', run, term, pid: process.pid };
    expect(first).toEqual({ event: 'ready', ...who, metrics: null });
    expect(steps.map(({ type, from, to }) => [type, from, to])).toEqual([
      ['opened', 'connecting', 'connecting'],
      ['leased', 'connecting', 'claiming'],
      ['claimed', 'claiming', 'reconciling'],
      ['reconciled', 'reconciling', 'serving'],
      ['told-to-leave', 'serving', 'leaving'],
      ['left', 'leaving', 'stopped'],
    ]);
    for (const step of steps.slice(2)) {
      const at = expect.any(Number);
      expect(step).toMatchObject({ event: 'transition', machine: 'session', run, term, at });
    }
    expect(process.stderr).toBe('');
    await fleet.standing();
  });

  it('follows its file, and keeps its state while the file has errors', async () => {
    await using fleet = await world.fleet();
    const file = await fleet.instancesFile([{ service: 'web', id: 'w1' }]);
    const identity = ['--host', 'h1', '--name', 'a', '--instances', file, '--ttl', '2s'];
    const agent = fleet.start(['agent', ...identity]);
    await agent.ready;
    await until('w1', () => fleet.row('web', 'w1'));
    const wrong = 'instances:\n  - { service: web, id: w2, prot: 80 }\n';
    await writeFile(file, wrong);
    await until('the error is said', () => agent.stderr.includes(`${file}:2: instances[0].prot`));
    expect(agent.stderr).toContain('the registered instances stay unchanged');
    for (let times = 0; times < 3; times += 1) {
      await writeFile(file, wrong);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(fleet.row('web', 'w1')).toBeDefined();
    await writeFile(file, 'instances:\n  - { service: web, id: w2, port: 80 }\n');
    await until('w2 instead', () => fleet.row('web', 'w2')?.port === 80 && !fleet.row('web', 'w1'));
    await until('that is said', () => agent.stderr.includes('is valid again'));
    expect(agent.stderr.split('prot').length).toBe(2);
  });

  it('checks the health of its instances and reports it', async () => {
    await using fleet = await world.fleet();
    const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const port = portOf(listener);
    const check = { tcp: `127.0.0.1:${port}`, every: '200ms', timeout: '1s', failAfter: 2 };
    const file = await fleet.instancesFile([{ service: 'web', id: 'w1', check } as never]);
    fleet.start(['agent', '--host', 'h1', '--name', 'a', '--instances', file]);
    await until('w1 is live', () => fleet.row('web', 'w1')?.health.state === 'serving');
    listener.close();
    const failing = () => fleet.row('web', 'w1')?.health.state === 'failing';
    await until('it fails', failing);
    expect(fleet.row('web', 'w1')?.health.detail).toContain('ECONNREFUSED');
    listener.listen(port, '127.0.0.1');
    await until('it recovers', () => !failing());
    listener.close();
    await until('it fails again', failing);
    await writeFile(file, JSON.stringify({ instances: [{ service: 'web', id: 'w1' }] }));
    await until('without a check nobody says so', () => !failing());
  });

  it('counts two simultaneous signals as one, and ends immediately at a later second one', async () => {
    await using fleet = await world.fleet();
    const slow = ['--drain', '60s', '--ttl', '2s'];
    const first = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }], slow);
    first.process.kill('SIGINT');
    first.process.kill('SIGINT');
    await until('it drains', () => fleet.row('web', 'w1')?.health.state === 'draining');
    await new Promise((resolve) => setTimeout(resolve, 600));
    first.process.kill('SIGINT');
    expect(await first.process.exited).toBe(130);
  });

  it('ends with the IPC channel that it was started over', async () => {
    await using fleet = await world.fleet();
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const words = ['agent', '--host', 'h1', '--name', 'a', '--json', ...where];
    const child = spawn(execPath, [main, ...words], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (!child.stdout) throw new Error('its output is a pipe');
    const [ready] = await once(child.stdout, 'data');
    expect(`${ready}`).toContain('"event":"ready"');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
    await fleet.standing();
  });

  it.each([
    [['--name', 'a', '--ttl', '1s'], "--ttl must be at least 2 s (got '1s')"],
    [['--name', 'a\u0007'], '--name is not valid: a name has no control characters'],
    [['--name', 'x'.repeat(2000)], 'a name has at most 1024 bytes'],
    [['--name', 'a', '--host', 'ü'.repeat(512), '--address', ''], '--address must be not empty'],
    [['--name', 'a', '--instances', '/not/there'], '/not/there: there is no such file'],
    [[], '--name is missing'],
  ])('refuses %.40j before anything starts', async (args, message) => {
    const { code, out, err } = await command(['agent', '--host', 'h1', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

import { describe, expect, it } from 'vitest';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command, shell, withoutWaiting } from '../support/run-command.ts';

const world = withServer();
/** Prints that it has started, and exits with 7 at SIGTERM. */
const polite = `trap 'sleep 1; echo bye; exit 7' TERM; echo here; while :; do sleep 0.1; done`;

describe('rollcall run', () => {
  it('registers a process while it runs, and exits with its code', async () => {
    await using fleet = await world.fleet();
    const options = ['--host', 'h1', '--service', 'web', '--port', '8080', '--address', '10.0.0.1'];
    const run = fleet.start(['run', ...options, '--ttl', '2s']);
    await run.exited;
    expect(run.stderr).toContain("missing required argument 'command'");
    const line = `rollcall run --namespace ${fleet.namespace} ${options.join(' ')} -- sh -c 'exit 7'`;
    expect(await shell(line, fleet.url)).toMatchObject({ code: 7, out: '' });
    await fleet.standing();
  });

  it('forwards signals: the instance drains, the process ends, the record is removed', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    await until('somebody watches', () => fleet.directory.observed);
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
    const options = ['--host', 'h1', '--service', 'web', '--port', '8080', '--check', 'none'];
    await using run = rollcall(['run', ...where, ...options, '--', 'bash', '-c', polite]);
    const ready = await run.ready;
    expect(run.lines[0]).toBe(ready);
    expect(ready).toMatchObject({ host: 'h1', agent: 'web-8080', pid: run.pid });
    await until('it is registered', () => fleet.row('web', 'h1-web-8080')?.port === 8080);
    await run.line(({ text }) => text === 'here');
    run.kill('SIGTERM');
    expect(await run.exited).toBe(7);
    await run.line(({ text }) => text === 'bye');
    await fleet.standing();
    const states = fleet.told.map(({ now }) => now?.health.state ?? 'gone');
    expect(states).toEqual(['serving', 'draining', 'gone']);
  });

  it('refuses a second process of the same name before starting it', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'web', []);
    const line = `rollcall run --namespace ${fleet.namespace} --host h1 --service web -- echo started`;
    const { code, out, err } = await shell(line, fleet.url);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('holds the slot');
  });

  it('ends its process when another takes over the name', async () => {
    await using fleet = await world.fleet();
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
    const options = ['--host', 'h1', '--service', 'web'];
    await using run = rollcall(['run', ...where, ...options, '--', 'bash', '-c', polite]);
    await run.line(({ text }) => text === 'here');
    await fleet.serving('h1', 'web', [], ['--takeover']);
    expect(await run.exited).toBe(1);
    expect(run.stderr).toContain('another run took h1/web');
    await run.line(({ text }) => text === 'bye');
  });

  it('starts the service even if the store does not answer', async () => {
    const [port] = await freePorts(1);
    const where = ['--servers', `nats://127.0.0.1:${port}`, '--host', 'h1'];
    const options = [...where, '--service', 'web', '--', 'sh', '-c', 'echo ran; exit 3'];
    const limit = await withoutWaiting();
    const { code, out, err, took } = await command(['run', ...options]);
    expect({ code, out }).toEqual({ code: 3, out: 'ran\n' });
    expect(err).toContain('no NATS server answers');
    expect(took).toBeLessThan(limit);
  });

  it('fails like a shell if the command does not exist', async () => {
    await using fleet = await world.fleet();
    const line = `rollcall run --namespace ${fleet.namespace} --host h1 --service web -- /not/there`;
    const { code, err } = await shell(line, fleet.url);
    expect(code).toBe(127);
    expect(err).toContain("'/not/there' cannot be started");
    await fleet.standing();
  });
});

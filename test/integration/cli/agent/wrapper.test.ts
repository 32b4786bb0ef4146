import { execPath, kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { pickOne } from '../../../../src/domain/fleet/pick.ts';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import type { TestFleet } from '../../harness/fleet.ts';
import { type RollcallProcess, rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const service = fileURLToPath(new URL('../../fixtures/slow-service.ts', import.meta.url));

/** Starts `rollcall run` with a service on this port. */
function wrapped(fleet: TestFleet, port: number, more: readonly string[] = []): RollcallProcess {
  const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
  const options = [
    '--host',
    'h1',
    '--service',
    'web',
    '--port',
    `${port}`,
    '--ttl',
    '10s',
    ...more,
  ];
  return rollcall(['run', ...where, ...options, '--', execPath, service, `${port}`]);
}
const id = (port: number): string => `h1-web-${port}`;
const stateOf = (fleet: TestFleet, port: number) => fleet.row('web', id(port))?.state;

/** The pid of the wrapped process, as it prints it. */
async function withPid(fleet: TestFleet, script: string, more: readonly string[] = []) {
  const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
  const options = ['--host', 'h1', '--service', 'job', ...more];
  const line = ['bash', '-c', `echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; ${script}`];
  const run = rollcall(['run', ...where, ...options, '--', ...line]);
  const { pid } = await run.line(({ event }) => event === 'pid');
  return { run, pid: Number(pid) };
}

const isAlive = (pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a wrapped service', () => {
  it('is failing until its port accepts connections, and draining before it is stopped', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    await until('a collector observes', () => fleet.directory.observed);
    const [port = 0] = await freePorts(1);
    await using run = wrapped(fleet, port);
    await until('it is live', () => stateOf(fleet, port) === 'live');
    run.kill('SIGTERM');
    expect(await run.exited).toBe(0);
    await fleet.standing();
    const told = fleet.told.map(({ now }) => now?.health.state ?? 'gone');
    expect(told.filter((state) => state !== 'failing')).toEqual(['serving', 'draining', 'gone']);
    const first = fleet.told[0]?.now?.health;
    expect(['no check has passed yet', null]).toContain(first?.detail);
    const history = await fleet.history();
    const types = history.filter((e) => e.of.entity === 'instance').map((e) => e.event.type);
    expect(types.at(-2)).toBe('drained');
  });

  it('is failing when it stops to accept connections, and live when it accepts them again', async () => {
    await using fleet = await world.fleet();
    const [port = 0, other = 0] = await freePorts(2);
    const check = ['--check', `http://127.0.0.1:${other}/`, '--check-every', '200ms'];
    await using run = wrapped(fleet, port, check);
    await until('it is registered', () => fleet.row('web', id(port)) !== undefined);
    const reason = () => fleet.row('web', id(port))?.health.detail ?? '';
    await until('its failure has a reason', () => reason().includes('ECONNREFUSED'));
    await using second = wrapped(fleet, other, ['--check', 'none']);
    await until('the check passes', () => fleet.row('web', id(port))?.health.state === 'serving');
    second.kill('SIGTERM');
    await second.exited;
    await until('it fails again', () => fleet.row('web', id(port))?.health.state === 'failing');
    run.kill('SIGTERM');
    await run.exited;
  });

  it('loses no request while three replicas are restarted one after another', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const ports = await freePorts(3);
    const running = new Map(ports.map((port) => [port, wrapped(fleet, port)]));
    await until(
      'all are live',
      () => ports.every((port) => stateOf(fleet, port) === 'live'),
      60_000,
    );
    const counts = { sent: 0, none: 0, failed: [] as string[] };
    const open = new Set<Promise<void>>();
    const over = new AbortController();
    const send = async (): Promise<void> => {
      counts.sent += 1;
      const usable = fleet.directory.usable('web', 'prefer-live');
      const picked = pickOne(usable, systemEntropy.fraction());
      if (!picked) {
        counts.none += 1;
        return;
      }
      try {
        const response = await fetch(`http://127.0.0.1:${picked.port}/`, {
          headers: { connection: 'close' },
        });
        await response.text();
      } catch (cause) {
        counts.failed.push(`${picked.id} ${picked.state}: ${cause}`);
      }
    };
    const sending = (async () => {
      while (!over.signal.aborted) {
        const one = send();
        open.add(one);
        void one.finally(() => open.delete(one));
        await pause(5);
      }
      await Promise.all(open);
    })();
    for (const port of ports) {
      const run = running.get(port);
      run?.kill('SIGTERM');
      expect(await run?.exited).toBe(0);
      running.set(port, wrapped(fleet, port));
      await until('it is live again', () => stateOf(fleet, port) === 'live', 60_000);
    }
    over.abort();
    await sending;
    for (const run of running.values()) await run[Symbol.asyncDispose]();
    expect(counts).toEqual({ sent: counts.sent, none: 0, failed: [] });
    expect(counts.sent).toBeGreaterThan(300);
  }, 240_000);
});

describe('a wrapper', () => {
  it.each(['SIGQUIT', 'SIGALRM', 'SIGWINCH', 'SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const)(
    'forwards %s and stays as long as its process',
    async (signal) => {
      await using fleet = await world.fleet();
      const trap = `trap 'echo "{\\"event\\":\\"got\\"}"' ${signal.slice(3)}; while :; do sleep 0.1; done`;
      const { run, pid } = await withPid(fleet, trap, ['--drain', '0s']);
      await using wrapper = run;
      await pause(200);
      wrapper.kill(signal);
      await wrapper.line(({ event }) => event === 'got');
      expect(isAlive(pid)).toBe(true);
      kill(pid, 'SIGKILL');
      expect(await wrapper.exited).toBe(137);
    },
  );

  it('that is killed leaves no running process', async () => {
    await using fleet = await world.fleet();
    const { run, pid } = await withPid(fleet, 'while :; do sleep 0.1; done');
    run.kill('SIGKILL');
    await run.exited;
    await until('the process is gone', () => !isAlive(pid));
  });

  it('does not pass its logins to the process', async () => {
    await using fleet = await world.fleet();
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const secrets = { ROLLCALL_UI_TOKEN: 'secret', ROLLCALL_LOG_LEVEL: 'warn', OTHER: 'visible' };
    const options = ['--host', 'h1', '--service', 'job', '--', 'env'];
    await using run = rollcall(['run', ...where, ...options], secrets);
    expect(await run.exited).toBe(0);
    const printed = run.lines.map(({ text }) => text);
    expect(printed).toContain('OTHER=visible');
    expect(printed).toContain('ROLLCALL_LOG_LEVEL=warn');
    expect(printed.join()).not.toContain('secret');
  });
});

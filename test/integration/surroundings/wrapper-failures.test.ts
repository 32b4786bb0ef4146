import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { startAgent } from '../../../src/library/start-agent.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const folder = await mkdtemp(join(tmpdir(), 'rollcall-throw-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const preload = new URL('../fixtures/throwing-requests.mjs', import.meta.url).href;

const isAlive = (pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

let runs = 0;
/** `rollcall run` with a process that prints its pid, and a file that makes its next request fail. */
async function wrapped(
  where: { readonly url: string; readonly namespace: string },
  { port = 0, child = 'exec sleep 300', more = [] as readonly string[] } = {},
) {
  runs += 1;
  const throwFile = join(folder, `throw-${runs}`);
  const args = [
    ...['run', '--servers', where.url, '--namespace', where.namespace, '--json'],
    ...['--host', 'h1', '--service', 'job', '--id', 'job-1', '--ttl', '2s', '--grace', '1s'],
    ...(port > 0 ? ['--check', `tcp://127.0.0.1:${port}`, '--check-every', '200ms'] : []),
    ...more,
  ];
  const print = `echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; ${child}`;
  const env = { NODE_OPTIONS: `--import ${preload}`, THROW_FILE: throwFile };
  const run = rollcall([...args, '--', 'bash', '-c', print], env);
  const { pid } = await run.line(({ event }) => event === 'pid');
  return {
    run,
    pid: Number(pid),
    /** Returns when the request has failed. */
    async failNext(subject: string) {
      await writeFile(throwFile, subject);
      await until(`a request to ${subject} fails`, () => !existsSync(throwFile));
    },
  };
}

const listen = (port: number) =>
  new Promise<Server>((resolve) => {
    const server: Server = createServer((socket) => socket.destroy()).listen(
      port,
      '127.0.0.1',
      () => resolve(server),
    );
  });

/** The requests of each task of a run: its lease, its records, its events, its reads. */
const tasks = [
  ['the renewal of its lease', '_leases.'],
  ['the write of its instance', '_registry.instance.'],
  ['the read of its records', 'STREAM.MSG.GET'],
  ['the append of an event', '.event.'],
] as const;

describe('an unforeseen failure inside rollcall run', () => {
  test.each(tasks)(
    'in %s leaves the process with its wrapper, and registers it again',
    async (_task, subject) => {
      await using fleet = await world.fleet();
      const [port = 0] = await freePorts(1);
      let server = await listen(port);
      const { run, pid, failNext } = await wrapped(fleet, { port });
      await using wrapper = run;
      const state = () => fleet.row('job', 'job-1')?.health.state;
      await until('it is live', () => state() === 'serving');
      const failing = failNext(subject);
      // Its check fails: the run has to write.
      server.close();
      await failing;
      server = await listen(port);
      await until('it reports', () => wrapper.stderr.includes('unforeseen'));
      await until('it is live again', () => state() === 'serving', 60_000);
      expect(isAlive(pid)).toBe(true);
      wrapper.kill('SIGTERM');
      expect(await wrapper.exited).toBe(143);
      expect(isAlive(pid)).toBe(false);
      server.close();
    },
    180_000,
  );

  test('and the loss of the slot to another agent do not stop the process', async () => {
    await using fleet = await world.fleet();
    const [port = 0] = await freePorts(1);
    const server = await listen(port);
    const { run, pid, failNext } = await wrapped(fleet, { port });
    await using wrapper = run;
    await until('it is live', () => fleet.row('job', 'job-1')?.health.state === 'serving');
    const failing = failNext('.event.');
    server.close();
    await failing;
    await until('it reports', () => wrapper.stderr.includes('goes on unregistered'));
    // In this process, because it has to be faster than the next attempt.
    const { url: servers, namespace } = fleet;
    const slot = { host: 'h1', name: 'job', takeover: true, collect: false };
    await using _other = await startAgent({ servers, namespace, ...slot });
    await until('it is refused', () => wrapper.stderr.includes('holds the slot'), 60_000);
    await pause(1000);
    expect(isAlive(pid)).toBe(true);
  }, 120_000);
});

test('a server that answers while a wrapped process is being stopped gets no instance', async () => {
  const [port = 0] = await freePorts(1);
  const where = { url: `nats://127.0.0.1:${port}`, namespace: 'stopping' };
  const child = 'trap "sleep 3; exit 0" TERM; while :; do sleep 0.1; done';
  const { run } = await wrapped(where, { child, more: ['--drain', '1s'] });
  await using wrapper = run;
  wrapper.kill('SIGTERM');
  await using server = await startTestServer({ port });
  await wrapper.exited;
  await using fleet = await TestFleet.open(server.url, 1, 'stopping');
  const history = await fleet.history();
  expect(history.filter(({ of }) => of.entity === 'instance')).toEqual([]);
}, 60_000);

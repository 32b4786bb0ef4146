import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-revoked-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
const passwordFile = join(folder, 'password');
await writeFile(passwordFile, 'secret-of-joe\n');

const withUsers = (users: string) => (store: string) =>
  `jetstream { store_dir: "${store}" }\nauthorization: { users: [ ${users} ] }`;
const joe = '{ user: joe, password: secret-of-joe }';
const ann = '{ user: ann, password: secret-of-ann }';
const onlyAnn = withUsers(ann);
const both = withUsers(`${joe}, ${ann}`);

const isAlive = (pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const asJoe = (url: string) => ['--servers', url, '--user', 'joe', '--password-file', passwordFile];
const asAnn = (url: string) => ['--servers', url, '--user', 'ann', '--password', 'secret-of-ann'];

/** `rollcall run` with a process that prints its pid. */
async function wrapped(url: string) {
  const child = 'echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; exec sleep 300';
  const timings = ['--ttl', '2s', '--grace', '1s', '--drain', '0s'];
  const options = ['--host', 'h1', '--service', 'web', '--json', ...timings];
  const run = rollcall(['run', ...asJoe(url), ...options, '--', 'bash', '-c', child]);
  return { run, pid: Number((await run.line(({ event }) => event === 'pid'))['pid']) };
}

/** The states of all instances, as another user sees them. */
async function states(url: string): Promise<readonly unknown[]> {
  await using ps = rollcall(['ps', ...asAnn(url), '--json']);
  expect(await ps.exited).toBe(0);
  return ps.lines.map(({ state }) => state);
}

const isRefused = (run: RollcallProcess) =>
  until('the refusal is printed', () => run.stderr.includes("the login of user 'joe'"), 30_000);

describe('rollcall run whose login is revoked', () => {
  test('keeps its process, names the refused login, and registers again when it is accepted', async () => {
    await using server = await startConfigured(both);
    await using collector = rollcall(['collector', ...asAnn(server.url), '--host', 'h2', '--json']);
    await collector.ready;
    const { run, pid } = await wrapped(server.url);
    await using wrapper = run;
    await wrapper.ready;
    await server.reload(onlyAnn);
    await isRefused(wrapper);
    expect(wrapper.stderr).not.toContain('secret-of-joe');
    await until('consumers see that it is not live', async () => {
      return !(await states(server.url)).includes('live');
    });
    expect(isAlive(pid)).toBe(true);
    await server.reload(both);
    await until('it is live', async () => (await states(server.url)).includes('live'), 30_000);
    expect(isAlive(pid)).toBe(true);
    expect(await states(server.url)).toHaveLength(1);
    wrapper.kill('SIGTERM');
    expect(await wrapper.exited).toBe(143);
    expect(isAlive(pid)).toBe(false);
  });

  test('stops its process and itself, and reports that it could not deregister', async () => {
    await using server = await startConfigured(both);
    const { run, pid } = await wrapped(server.url);
    await using wrapper = run;
    await wrapper.ready;
    await server.reload(onlyAnn);
    await isRefused(wrapper);
    wrapper.kill('SIGTERM');
    expect(await wrapper.exited).toBe(143);
    expect(isAlive(pid)).toBe(false);
    const stopped = wrapper.lines.filter(
      ({ event, to }) => event === 'transition' && to === 'stopped',
    );
    expect(stopped).toMatchObject([{ type: 'gave-up' }]);
  });
});

test('a missing file of its login does not keep rollcall run from starting its process', async () => {
  await using server = await startConfigured(both);
  await rm(passwordFile);
  const { run, pid } = await wrapped(server.url);
  await using wrapper = run;
  await until('it goes on', () => wrapper.stderr.includes('the process goes on unregistered'));
  expect(wrapper.stderr).toContain(`--password-file '${passwordFile}'`);
  await writeFile(passwordFile, 'secret-of-joe\n');
  await wrapper.ready;
  expect(await states(server.url)).toHaveLength(1);
  expect(isAlive(pid)).toBe(true);
});

describe('a login that is refused at the start', () => {
  test('does not keep rollcall run from starting its process, which is registered later', async () => {
    await using server = await startConfigured(onlyAnn);
    const { run, pid } = await wrapped(server.url);
    await using wrapper = run;
    await until('the refusal is printed', () => wrapper.stderr.includes('refused the login'));
    await server.reload(both);
    await wrapper.ready;
    expect(await states(server.url)).toHaveLength(1);
    expect(isAlive(pid)).toBe(true);
    // The same refusal is printed once.
    expect(wrapper.stderr.match(/refused the login/g)).toHaveLength(1);
  });

  test.each([
    ['rollcall run with --wait-registered', ['run', '--service', 'web', '--wait-registered']],
    ['rollcall agent', ['agent', '--name', 'web']],
    ['rollcall collector', ['collector']],
    ['rollcall ui', ['ui', '--port', '0']],
  ])('ends with exit code 3 and the reason: %s', async (_what, [name = '', ...options]) => {
    await using server = await startConfigured(onlyAnn);
    const child = name === 'run' ? ['--', 'echo', 'started'] : [];
    const args = [name, ...asJoe(server.url), '--host', 'h1', ...options, ...child];
    await using refused = rollcall(args);
    expect(await refused.exited).toBe(3);
    expect(refused.stderr).toContain('refused the login');
    expect(refused.lines).toEqual([]);
  });
});

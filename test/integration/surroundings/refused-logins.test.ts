import { readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isAlive } from '../cli/support/demo-story.ts';
import { rollcall } from '../harness/processes.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { type EveryProcess, startEveryProcess } from './support/every-process.ts';
import { operatorMode } from './support/operator-server.ts';

const stateHome = await mkdtemp(join(tmpdir(), 'rollcall-refused-'));
afterAll(() => rm(stateHome, { recursive: true, force: true, maxRetries: 20 }));

/** Replaces a file at once, as tools for secrets do. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

// No run is declared dead while its login is refused.
const times = ['--ttl', '3s', '--grace', '60s'];

/** All processes know that they have no store: they name the login, or show the age of what they have. */
async function areRefused(all: EveryProcess, login: string): Promise<void> {
  await until(
    'all processes name the login',
    () => all.stderrs().every((text) => text.includes(`the server refuses ${login}`)),
    60_000,
  );
  await until('the dashboard reports it', async () => (await all.mark()).storeAwaySince);
  await until('the view is old', () => all.directory.age > 3000);
  expect(all.states()).toHaveLength(2);
  expect(isAlive(all.child)).toBe(true);
}

/** All processes have the store again, and the runs are those of before. */
async function areBack(all: EveryProcess, runs: readonly unknown[]): Promise<void> {
  const isLive = () => all.states().every((state) => state === 'live');
  await until('the view is fresh', () => all.directory.age < 2500 && isLive(), 60_000);
  await until('it is observed', () => all.directory.observed && all.directory.observedAge < 2500);
  await until('the dashboard has its store', async () => {
    return (await all.mark()).storeAwaySince === null;
  });
  expect(all.runs()).toEqual(runs);
  expect(isAlive(all.child)).toBe(true);
}

test('every process names credentials that expired, and continues after they were replaced', async () => {
  const { config, creds } = operatorMode();
  const file = join(stateHome, 'login.creds');
  await replaceFile(file, creds());
  await using server = await startConfigured(config);
  await using line = await startProxy(server);
  const way = {
    flags: ['--servers', line.url, '--creds', file],
    options: { servers: line.url, credentials: { creds: () => readFileSync(file, 'utf8') } },
    stateHome,
  };
  await using all = await startEveryProcess(way, times);
  const runs = all.runs();
  await replaceFile(file, creds(5));
  // A connection keeps the credentials with which it was made.
  line.cut();
  await areRefused(all, `the credentials in ${file}: User Authentication Expired`);
  await until('the end is printed', () => all.agent.stderr.includes('; they expired at 20'));
  await using refused = rollcall(['doctor', ...way.flags, '--json']);
  expect(await refused.exited).toBe(3);
  expect(refused.stderr).toContain('; it expired at 20');
  const { metrics } = await all.agent.ready;
  expect(await (await fetch(String(metrics))).text()).toContain('rollcall_login_refused 1');
  await replaceFile(file, creds(86_400));
  await areBack(all, runs);
  await using doctor = rollcall(['doctor', ...way.flags, '--json']);
  await doctor.exited;
  expect(doctor.lines).toContainEqual(expect.objectContaining({ about: 'login', level: 'note' }));
  const [, end] =
    /expiry_timestamp_seconds (\d+)/.exec(await (await fetch(String(metrics))).text()) ?? [];
  expect(Number(end)).toBeGreaterThan(Date.now() / 1000 + 80_000);
}, 240_000);

test('every process names a login that was revoked, and continues with a rotated password', async () => {
  const users = (joe: string) => (store: string) =>
    `jetstream { store_dir: "${store}" }\nauthorization: { users: [ { user: ann, password: ann-1 }${joe} ] }`;
  const file = join(stateHome, 'password');
  await replaceFile(file, 'joe-1\n');
  await using server = await startConfigured(users(', { user: joe, password: joe-1 }'));
  const way = {
    flags: ['--servers', server.url, '--user', 'joe', '--password-file', file],
    options: {
      servers: server.url,
      credentials: { user: 'joe', pass: () => readFileSync(file, 'utf8').trim() },
    },
    stateHome,
  };
  await using all = await startEveryProcess(way, times);
  const runs = all.runs();
  await server.reload(users(''));
  await areRefused(all, "the login of user 'joe'");
  expect(all.stderrs().join('')).not.toContain('joe-1');
  await server.reload(users(', { user: joe, password: joe-2 }'));
  await replaceFile(file, 'joe-2\n');
  await areBack(all, runs);
}, 240_000);

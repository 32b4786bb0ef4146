import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../cli/support/run-command.ts';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { type ConfiguredServer, startConfigured } from '../nats/support/configured-server.ts';

let dir: string;
let server: ConfiguredServer;
const env = () => ({ ROLLCALL_STATE_DIR: join(dir, 'state') });
const access = (...args: readonly string[]) =>
  command(['access', ...args, '--dir', join(dir, 'access'), '--json'], env());
const login = (member: string) => join(dir, 'access', 'logins', 'default', member);
const as = (member: string, ...args: readonly string[]) =>
  command([...args, '--login', login(member), '--json'], env());

/** The output of a command that must succeed. */
const ok = async (running: ReturnType<typeof command>) => {
  const { code, out, err, documents } = await running;
  expect(`${code} ${err}`).toBe('0 ');
  return out === '' ? [] : documents();
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  await ok(access('init'));
  const included = join(dir, 'access', 'nats-access.conf');
  server = await startConfigured(
    (storeDir) =>
      `jetstream { store_dir: "${storeDir}" }\ninclude ./${relative(dirname(storeDir), included)}\n`,
  );
  await ok(access('init', '--servers', server.url, '--reload', `${server.pid}`));
  for (const member of ['collector w', 'consumer c', 'operator o', 'auditor a', 'dashboard d']) {
    await ok(access('add', ...member.split(' ')));
  }
  await ok(access('add', 'agent', 'h1', '--services', 'web'));
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

describe('rollcall access', () => {
  it('makes every file readable only by its user, and writes no secret into the configuration of the server', async () => {
    const files = await readdir(join(dir, 'access'), { recursive: true, withFileTypes: true });
    const seeds: string[] = [];
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      const { mode } = await stat(path);
      expect([path, mode & 0o077]).toEqual([path, 0]);
      if (file.name.endsWith('.nk')) seeds.push((await readFile(path, 'utf8')).trim());
    }
    expect(seeds).toHaveLength(8);
    const { out } = await command(['access', 'print', '--dir', join(dir, 'access')], env());
    const { out: listed } = await access('list');
    for (const seed of seeds) expect(out + listed).not.toContain(seed);
  });

  it('adds a member once, and refuses roles that do not exist', async () => {
    const [again] = await ok(access('add', 'consumer', 'c'));
    expect(again).toMatchObject({ isNew: false, reloaded: [server.pid], failed: [] });
    const wrong = await access('add', 'admin', 'x');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("got 'admin'")]);
    const bound = await access('add', 'consumer', 'x', '--services', 'web');
    expect([bound.code, bound.err]).toEqual([
      2,
      expect.stringContaining('--services is only for agents'),
    ]);
    const unknown = await access('revoke', 'agent', 'nowhere');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('no agent')]);
  });
});

describe('with the logins of rollcall access', () => {
  it('all commands of a fleet work, and a key is rotated without an interruption', async () => {
    const missing = await as('consumer-c', 'ps');
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('no namespace')]);
    await ok(as('deploy-deploy', 'namespace', 'create'));

    await using _collector = rollcall(
      ['collector', '--login', login('collector-w'), '--json'],
      env(),
    );
    await using agent = await started('agent', '--name', 'a', '--ttl', '2s', '--grace', '1s');
    expect(await ok(as('consumer-c', 'agents'))).toMatchObject([{ host: 'h1', agent: 'a' }]);
    await ok(as('operator-o', 'hold', 'h1', '--for', '1m', '--host', 'ops'));
    await ok(as('operator-o', 'release', 'h1', '--host', 'ops'));
    await ok(as('operator-o', 'drain', 'h1', '--for', '1m', '--host', 'ops'));
    await ok(as('operator-o', 'undrain', 'h1', '--host', 'ops'));
    await ok(as('operator-o', 'policy', 'set', 'seats=2', '--host', 'ops'));
    await ok(as('auditor-a', 'why', 'h1/a'));
    await ok(as('auditor-a', 'audit', 'verify'));
    await ok(as('dashboard-d', 'ps'));
    const found = await ok(as('auditor-a', 'doctor'));
    expect(found.find(({ about }) => about === 'advisories')).toMatchObject({
      what: 'this login may not receive reports of closed connections; only collectors need them',
    });

    await ok(access('rotate', 'agent', 'h1'));
    const sees = async () => (await ok(as('consumer-c', 'agents')))[0]?.['state'];
    expect(await sees()).toBe('live');
    await ok(access('rotate', 'agent', 'h1', '--finish'));
    await until('the agent is back with its new key', () => /reconnected/.test(agent.stderr));
    expect(await sees()).toBe('live');

    await ok(access('revoke', 'agent', 'h1'));
    await until('the agent is told', () => /refuses .*the nkey/.test(agent.stderr));
    await until('its run is gone', async () => (await sees()) === undefined);
  });
});

async function started(...args: readonly string[]): Promise<RollcallProcess> {
  const one = rollcall([...args, '--login', login('agent-h1'), '--json'], env());
  await one.line(({ to }) => to === 'serving');
  return one;
}

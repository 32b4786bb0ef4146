import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command } from '../cli/support/run-command.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

let dir: string;
const folder = () => join(dir, 'access');
const env = () => ({
  ROLLCALL_STATE_DIR: join(dir, 'state'),
  XDG_CONFIG_HOME: join(dir, 'config'),
});
const args = (...words: readonly string[]) => ['access', ...words, '--dir', folder(), '--json'];
const ok = async (words: readonly string[]) => {
  const { code, err, documents } = await command(words, env());
  expect(`${code} ${err}`).toBe('0 ');
  return documents();
};
const logins = async () =>
  (await ok(args('list'))).flatMap(({ event, name, keys }) =>
    event === 'login' ? [{ name, keys: keys as readonly string[] }] : [],
  );

/** Kills a change once it has recorded what it does: it then waits half a second between two reloads. */
async function killed(...words: readonly string[]): Promise<void> {
  const one = rollcall(args(...words), env());
  await until('the change is recorded', () => existsSync(join(folder(), 'unfinished.json')));
  one.kill('SIGKILL');
  expect(await one.exited).toBe('SIGKILL');
  expect(existsSync(join(folder(), 'unfinished.json'))).toBe(true);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  const address = ['--servers', 'tls://127.0.0.1:4222', '--reload', join(dir, 'no-such-pid')];
  await ok(args('init', '--tls', '--tls-clients', ...address));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('commands that add logins or contexts at once lose none of them', async () => {
  const names = ['h1', 'h2', 'h3'];
  await Promise.all(names.map((name) => ok(args('add', 'agent', name))));
  const added = (await logins()).map(({ name }) => name);
  expect(added).toEqual(expect.arrayContaining(names));
  const config = await readFile(join(folder(), 'nats-access.conf'), 'utf8');
  for (const { keys } of await logins()) expect(config).toContain(keys[0]);
  await Promise.all(
    names.map((name) => ok(['context', 'add', name, '--servers', `nats://${name}`, '--json'])),
  );
  const contexts = await ok(['context', 'list', '--json']);
  expect(contexts.map(({ name }) => name).sort()).toEqual(names);
});

it('a rotation that was killed is finished by the same command, and does not end the key in use', async () => {
  const [before] = (await logins()).filter(({ name }) => name === 'h1');
  await killed('rotate', 'agent', 'h1');
  await ok(args('rotate', 'agent', 'h1'));
  const [after] = (await logins()).filter(({ name }) => name === 'h1');
  expect(after?.keys).toEqual([expect.not.stringMatching(before?.keys[0] ?? ''), before?.keys[0]]);
  expect(await readdir(folder())).not.toContain('unfinished.json');
});

it('after a renewal that was killed at any moment, each key fits its certificate', async () => {
  for (const after of [0, 30, 60, 120]) {
    const one = rollcall(args('renew'), env());
    await until('the renewal began', () => existsSync(join(folder(), 'unfinished.json')));
    await new Promise((resolve) => setTimeout(resolve, after));
    one.kill('SIGKILL');
    await one.exited;
    const server = join(folder(), 'servers', '127=2E0=2E0=2E1');
    for (const pair of [
      join(server, 'key.pem'),
      join(folder(), 'logins', 'default', 'agent-h1', 'client.key'),
    ]) {
      const text = await readFile(pair, 'utf8');
      const certificate = new X509Certificate(text.slice(text.indexOf('-----BEGIN CERT')));
      expect(certificate.checkPrivateKey(createPrivateKey(text)), `${pair} ${after}`).toBe(true);
    }
  }
  await ok(args('renew'));
});

it('a revocation that was killed is finished by the same command, which then says that it is done', async () => {
  await ok(args('add', 'agent', 'h9'));
  await killed('revoke', 'agent', 'h9');
  expect(await ok(args('revoke', 'agent', 'h9'))).toMatchObject([{ event: 'revoked', name: 'h9' }]);
  expect((await logins()).map(({ name }) => name)).not.toContain('h9');
  expect(await readdir(folder())).not.toContain('unfinished.json');
  const again = await command(args('revoke', 'agent', 'h9'), env());
  expect([again.code, again.err]).toEqual([1, expect.stringContaining("there is no agent 'h9'")]);
});

it('a revocation that was killed does not hide that another login does not exist', async () => {
  await ok(args('add', 'agent', 'h8'));
  await killed('revoke', 'agent', 'h8');
  const other = await command(args('revoke', 'agent', 'h7'), env());
  expect([other.code, other.err]).toEqual([1, expect.stringContaining("there is no agent 'h7'")]);
});

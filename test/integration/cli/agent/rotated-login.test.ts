import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { startConfigured } from '../../nats/support/configured-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-login-'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20 }));

const withUsers = (users: string) => (storeDir: string) =>
  `jetstream: { store_dir: "${storeDir}" }\nauthorization: { users: [ ${users} ] }`;

/** A login of a kind: what the server accepts, and the content of the client's file. */
interface Login {
  readonly user: string;
  readonly text: string;
}
function nkeyLogin(): Login {
  const pair = nkeys.createUser();
  const seed = new TextDecoder().decode(pair.getSeed());
  return { user: `{ nkey: ${pair.getPublicKey()} }`, text: `${seed}\n` };
}
const passwordLogin = (password: string): Login => ({
  user: `{ user: joe, password: ${password} }`,
  text: `${password}\n`,
});

describe('an agent whose login is rotated', () => {
  it.each([
    ['nkey', nkeyLogin(), nkeyLogin(), (file: string) => ['--nkey', file], 'the nkey in'],
    [
      'password',
      passwordLogin('first'),
      passwordLogin('second'),
      (file: string) => ['--user', 'joe', '--password-file', file],
      "the login of user 'joe'",
    ],
  ])(
    '(%s) says that it is refused, and continues with the new one',
    async (kind, old, next, options, label) => {
      const file = join(folder, kind);
      await writeFile(file, old.text);
      await using server = await startConfigured(withUsers(old.user));
      const state = { XDG_STATE_HOME: join(folder, 'state') };
      const words = ['--host', 'h1', '--name', 'a', '--ttl', '5s', '--json'];
      await using agent = rollcall(
        ['agent', '--servers', server.url, ...options(file), ...words],
        state,
      );
      const { run } = await agent.ready;
      // The server no longer knows the old login, and closes its connections.
      await server.reload(withUsers(next.user));
      await until('the refusal is printed', () => agent.stderr.includes(label), 30_000);
      expect(agent.stderr).toContain('refuses');
      expect(agent.stderr).not.toContain(old.text.trim());
      await writeFile(file, next.text);
      await until('it is connected again', () => agent.stderr.includes('reconnected'), 30_000);
      expect(run).not.toBe('');
    },
  );
});

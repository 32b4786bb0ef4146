import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { newUserKey } from '../../../src/adapters/nats/access/nkeys.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-early-'));
afterAll(() => rm(folder, { recursive: true, maxRetries: 20 }));

const admits = (key: string) => (storeDir: string) =>
  `jetstream: { store_dir: "${storeDir}" }\nauthorization: { users: [ { nkey: ${key} } ] }`;

it('an agent that starts while the server refuses its login tries for 10 s, and ends then', async () => {
  const file = join(folder, 'early');
  const { key, seed } = newUserKey();
  await writeFile(file, seed);
  await using server = await startConfigured(admits(newUserKey().key));
  const words = ['--servers', server.url, '--nkey', file, '--host', 'h1', '--json'];
  const state = { XDG_STATE_HOME: join(folder, 'state') };
  await using never = rollcall(['agent', ...words, '--name', 'never'], state);
  expect(await never.exited).toBe(3);
  await using agent = rollcall(['agent', ...words, '--name', 'early'], state);
  await until('the refusal is printed', () => /refused the login.*retrying/.test(agent.stderr));
  await server.reload(admits(key));
  await agent.ready;
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDirectory } from '../../../src/index.ts';
import { command } from '../cli/support/run-command.ts';
import { type ConfiguredServer, startConfigured } from './support/configured-server.ts';

const config = (storeDir: string) => `
jetstream: { store_dir: "${storeDir}" }
authorization: { users: [
  { user: all, password: x }
  { user: deaf, password: x, permissions: { publish: ">", subscribe: "foo" } }
  { user: unseeing, password: x, permissions: {
    publish: { deny: "$JS.API.CONSUMER.>" }, subscribe: "_INBOX.>" } }
] }`;

let server: ConfiguredServer;
beforeAll(async () => {
  server = await startConfigured(config);
  expect(await ask('all', 'namespace', 'create')).toMatchObject({ code: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (user: string, ...words: readonly string[]) =>
  command([...words, '--servers', server.url, '--user', user, '--password', 'x']);

it.each([['ps'], ['doctor'], ['hold', 'h1', '--for', '1h'], ['agent', '--name', 'a']])(
  '%s names the subject of its replies if its login may not subscribe to it',
  async (...words) => {
    const { code, out, err } = await ask('deaf', ...words);
    expect(code).toBe(words[0] === 'doctor' ? 1 : 3);
    expect(out + err).toContain('its login may not subscribe to _INBOX.>');
    expect(out + err).toContain('--inbox-prefix');
    expect(out + err).not.toContain('may not publish');
  },
);

it('a command whose watch is refused names the subject, and not the leaders of the streams', async () => {
  const { code, err } = await ask('unseeing', 'ps');
  expect(code).toBe(3);
  expect(err).toMatch(/this connection may not publish to \$JS\.API\.CONSUMER\.CREATE\./);
  expect(err).toContain('rollcall doctor --as auditor');
});

it('the library names it too', async () => {
  const at = { servers: server.url, connectWithin: '1s' };
  const refusal = await openDirectory({ ...at, credentials: { user: 'deaf', pass: 'x' } }).catch(
    (cause: unknown) => cause,
  );
  expect(refusal).toMatchObject({ code: 'store-refused' });
  expect(`${refusal}`).toContain('its login may not subscribe to _INBOX.>');
});

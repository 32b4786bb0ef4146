import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();
const home = await mkdtemp(join(tmpdir(), 'rollcall-context-'));
afterAll(() => rm(home, { recursive: true }));

test('a context replaces --servers and --namespace, and servers that are given replace the current context', async () => {
  await using fleet = await world.fleet();
  await fleet.serving('h1', 'a', []);
  const ask = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    command(args, { XDG_CONFIG_HOME: home, ...env });
  const flags = ['--servers', fleet.url, '--namespace', fleet.namespace];
  expect(await ask(['context', 'add', 'test', ...flags])).toMatchObject({ code: 0 });
  const nobody = { NATS_URL: 'nats://127.0.0.1:1' };
  // The name on the command line counts before the environment; the current context after it.
  const named = await ask(['agents', '--context', 'test', '--json'], nobody);
  expect(named.documents()).toMatchObject([{ host: 'h1', agent: 'a' }]);
  expect(await ask(['context', 'use', 'test'])).toMatchObject({ code: 0 });
  expect((await ask(['agents', '--json'])).documents()).toMatchObject([{ host: 'h1' }]);
  expect((await ask(['agents'], nobody)).err).toContain('127.0.0.1:1');
  expect((await ask(['context', 'list'])).out).toContain('test *');
  // The completion of names uses it too. It gives up within a second, which a busy machine may need.
  const completed = (...words: readonly string[]) =>
    ask(['completion', 'names', ...words, '--', 'hosts']).then(({ out }) => out);
  await until('names of the current context', async () => (await completed()) === 'h1\n');
  expect(await completed('--context', 'nobody')).toBe('');

  await ask(['context', 'use']);
  await mkdir(join(home, 'rollcall'), { recursive: true });
  const config = `servers: ${fleet.url}\nnamespace: ${fleet.namespace}\n`;
  await writeFile(join(home, 'rollcall', 'config.yaml'), config);
  expect((await ask(['agents', '--json'])).documents()).toMatchObject([{ host: 'h1' }]);
});

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { newLogins, serverConfig } from '../../../src/adapters/embedded/config.ts';

/** What differs on purpose: where things are, and who may log in. */
const own = /^(#|host:|port:|ports_file_dir:|log|store_dir:|users:)/;

test('a server in a container has the settings of the embedded server', async () => {
  const file = new URL('../../../docker/nats-server.conf', import.meta.url);
  const contained = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
  const settings = { host: '127.0.0.1', port: 4222, storeDir: '/data', logins: newLogins() };
  const embedded = serverConfig(settings)
    .split('\n')
    .map((line) => line.trim());
  const shared = embedded.filter((line) => !own.test(line));
  expect(contained.filter((line) => !own.test(line))).toEqual(shared);
});

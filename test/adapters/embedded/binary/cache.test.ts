import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  cacheDir,
  cachedServer,
  installIntoCache,
  workDirectory,
} from '../../../../src/adapters/embedded/binary/cache.ts';
import { fakeServer, temporaryDirectory } from '../temporary.ts';

test('a download that a killed process left is removed after an hour, not before', async () => {
  await using cache = await temporaryDirectory();
  for (const [name, minutes] of Object.entries({ '.fetching-old': 61, '.fetching-new': 59 })) {
    await mkdir(join(cache.path, name));
    const then = Date.now() / 1000 - minutes * 60;
    await utimes(join(cache.path, name), then, then);
  }
  {
    await using work = await workDirectory(cache.path);
    expect(await readdir(work.path)).toEqual([]);
  }
  expect(await readdir(cache.path)).toEqual(['.fetching-new']);
});

test('a server that does not run on this machine is skipped, and the one that does is found', async () => {
  await using directory = await temporaryDirectory();
  const cache = join(directory.path, 'cache');
  const other = join(cache, 'nats-server-2.15.1');
  await mkdir(other, { recursive: true });
  await writeFile(join(other, 'nats-server'), 'for another machine', { mode: 0o755 });
  const file = await fakeServer(join(directory.path, 'fetched'), '2.15.1');
  const path = await installIntoCache(cache, file, '2.15.1');
  expect(await readdir(cache)).toHaveLength(2);
  expect(await readdir(other)).toEqual(['nats-server']);
  expect(await cachedServer(cache)).toEqual({ path, version: '2.15.1' });
});

test.each([
  ['HOME', { HOME: '/home/ada' }, '/home/ada/.cache/rollcall'],
  [
    'XDG_CACHE_HOME before HOME',
    { HOME: '/home/ada', XDG_CACHE_HOME: '/var/cache/ada' },
    '/var/cache/ada/rollcall',
  ],
  [
    'HOME when XDG_CACHE_HOME is relative',
    { HOME: '/home/ada', XDG_CACHE_HOME: 'cache' },
    '/home/ada/.cache/rollcall',
  ],
  [
    'HOME when XDG_CACHE_HOME is empty',
    { HOME: '/home/ada', XDG_CACHE_HOME: '' },
    '/home/ada/.cache/rollcall',
  ],
  ['nothing when neither is set', {}, undefined],
  ['nothing when HOME is relative', { HOME: '.' }, undefined],
])('the cache directory follows %s', (_, env, directory) => {
  expect(cacheDir(env)).toBe(directory);
});

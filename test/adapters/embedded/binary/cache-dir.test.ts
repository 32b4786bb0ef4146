import { expect, test } from 'vitest';
import { cacheDir } from '../../../../src/adapters/embedded/binary/cache-dir.ts';

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

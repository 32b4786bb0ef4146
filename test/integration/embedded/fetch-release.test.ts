import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { beforeAll, expect, test } from 'vitest';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import {
  archivePath,
  packRelease,
  serve,
  serveFiles,
  sumsOf,
  sumsPath,
} from './support/releases.ts';

/** Only the release is in question here: no mirror is named. */
const aptDir = '/nonexistent';
let archive: Buffer;

beforeAll(async () => {
  await using scratch = await temporaryDirectory();
  archive = await packRelease(env['ROLLCALL_NATS_SERVER'] ?? '', scratch.path);
});

test('a release is fetched, verified, kept, and runs', async () => {
  await using directory = await temporaryDirectory();
  const cacheDir = join(directory.path, 'cache');
  await using releases = await serveFiles({ [archivePath]: archive, [sumsPath]: sumsOf(archive) });
  const said: string[] = [];
  const progress = (message: string) => void said.push(message);
  const found = await locateNatsServer({ cacheDir, aptDir, releasesUrl: releases.url, progress });

  expect(found.from).toBe('release');
  expect(await readdir(cacheDir)).toEqual([`nats-server-${found.version}`]);
  expect(said.join()).toContain(releases.url + archivePath);
  await using server = await startNatsServer({
    binary: found.path,
    storeDir: join(directory.path, 'store'),
  });
  expect(server.port).toBeGreaterThan(0);
  const again = await locateNatsServer({ cacheDir, aptDir, releasesUrl: 'http://127.0.0.1:9' });
  expect(again).toEqual({ ...found, from: 'cache' });
});

test('a release with a wrong checksum is refused, and nothing else is tried', async () => {
  await using cache = await temporaryDirectory();
  const changed = Buffer.from(archive);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  await using releases = await serveFiles({ [archivePath]: changed, [sumsPath]: sumsOf(archive) });
  const search = locateNatsServer({ cacheDir: cache.path, releasesUrl: releases.url });
  await expect(search).rejects.toMatchObject({
    code: 'checksum-wrong',
    message: expect.stringContaining(archivePath),
  });
  expect(await readdir(cache.path)).toEqual([]);
});

test.each([
  ['is not there', () => serveFiles({}), 'answered 404'],
  [
    'has no checksum of the archive',
    () => serveFiles({ [sumsPath]: `${'0'.repeat(64)}  other.tar.gz\n` }),
    'does not name',
  ],
  [
    'is no archive',
    () => serveFiles({ [archivePath]: 'hello', [sumsPath]: sumsOf(Buffer.from('hello')) }),
    'tar could not unpack the archive',
  ],
  [
    'breaks off',
    () =>
      serve((request, response) => {
        if (request.url === sumsPath) return void response.end(sumsOf(archive));
        response.setHeader('content-length', archive.length);
        response.write(archive.subarray(0, 1000), () => response.destroy());
      }),
    'was interrupted',
  ],
  ['never answers', () => serve(() => {}), 'did not answer within 5 s'],
  [
    'cannot be reached',
    async () => {
      const [port] = await freePorts(1);
      return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => {} };
    },
    'ECONNREFUSED',
  ],
])('a release that %s is reported, and no file is left', async (_, start, reason) => {
  await using cache = await temporaryDirectory();
  await using releases = await start();
  const began = performance.now();
  const search = locateNatsServer({ cacheDir: cache.path, aptDir, releasesUrl: releases.url });
  await expect(search).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringContaining(reason),
  });
  expect(performance.now() - began).toBeLessThan(8000);
  expect(await readdir(cache.path)).toEqual([]);
});

test('two fetches at the same time both get a server and keep one file', async () => {
  await using cache = await temporaryDirectory();
  await using releases = await serveFiles({ [archivePath]: archive, [sumsPath]: sumsOf(archive) });
  const places = { cacheDir: cache.path, aptDir, releasesUrl: releases.url };
  const found = await Promise.all([1, 2, 3].map(() => locateNatsServer(places)));
  expect(new Set(found.map(({ path }) => path)).size).toBe(1);
  expect(await readdir(cache.path)).toHaveLength(1);
});

test('an abort during a download leaves nothing in the cache', async () => {
  await using cache = await temporaryDirectory();
  const abort = new AbortController();
  await using releases = await serve((request, response) => {
    if (request.url === sumsPath) return void response.end(sumsOf(archive));
    response.setHeader('content-length', archive.length);
    response.write(archive.subarray(0, 100_000));
    setTimeout(() => abort.abort(new Error('Ctrl-C')), 200);
  });
  const places = { cacheDir: cache.path, aptDir, releasesUrl: releases.url, signal: abort.signal };
  await expect(locateNatsServer(places)).rejects.toThrow('Ctrl-C');
  expect(await readdir(cache.path)).toEqual([]);
});

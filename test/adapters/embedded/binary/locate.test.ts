import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cwd } from 'node:process';
import { describe, expect, test } from 'vitest';
import { locateNatsServer } from '../../../../src/adapters/embedded/binary/locate.ts';
import { fakeServer, temporaryDirectory } from '../temporary.ts';

/** Nothing is fetched: nobody listens there, and no mirror is named. */
const nowhere = { releasesUrl: 'http://127.0.0.1:1', aptDir: '/nonexistent' };

describe('a server named by ROLLCALL_NATS_SERVER', () => {
  test('is used before all others', async () => {
    await using directory = await temporaryDirectory();
    await fakeServer(join(directory.path, 'nats-server'), '2.14.0');
    const named = await fakeServer(join(directory.path, 'mine'), '2.12.1');
    const found = await locateNatsServer({ named, path: directory.path });
    expect(found).toEqual({ path: named, version: '2.12.1', from: 'setting' });
  });

  test('is an error when it does not exist, even where there is another', async () => {
    await using directory = await temporaryDirectory();
    await fakeServer(join(directory.path, 'nats-server'), '2.14.0');
    const named = join(directory.path, 'missing');
    await expect(locateNatsServer({ named, path: directory.path })).rejects.toMatchObject({
      code: 'server-not-found',
      message: `ROLLCALL_NATS_SERVER is ${named}, which does not exist`,
    });
  });

  test('is an error when it is too old, with both versions', async () => {
    await using directory = await temporaryDirectory();
    const named = await fakeServer(join(directory.path, 'old'), '2.9.10');
    await expect(locateNatsServer({ named })).rejects.toMatchObject({
      code: 'server-too-old',
      message: expect.stringMatching(/is nats-server 2\.9\.10; Rollcall needs 2\.12\.1 or later/),
    });
  });

  test('is an error when it may not be executed', async () => {
    await using directory = await temporaryDirectory();
    const named = await fakeServer(join(directory.path, 'closed'), '2.15.1');
    await chmod(named, 0o644);
    await expect(locateNatsServer({ named })).rejects.toMatchObject({
      code: 'server-not-found',
      message: expect.stringContaining('is not an executable file'),
    });
  });

  test('is an error when it is a directory', async () => {
    await using directory = await temporaryDirectory();
    await expect(locateNatsServer({ named: directory.path })).rejects.toMatchObject({
      code: 'server-not-found',
    });
  });

  test('is an error when it is some other program', async () => {
    await using directory = await temporaryDirectory();
    const named = join(directory.path, 'other');
    await writeFile(named, '#!/bin/sh\necho other 2.15.1\n', { mode: 0o755 });
    await expect(locateNatsServer({ named })).rejects.toMatchObject({
      code: 'server-not-found',
      message: expect.stringContaining('is not a nats-server; its output: other 2.15.1'),
    });
  });

  test('counts as unset when it is empty', async () => {
    await using directory = await temporaryDirectory();
    await fakeServer(join(directory.path, 'nats-server'), '2.14.0');
    const found = await locateNatsServer({ named: '', path: directory.path });
    expect(found.from).toBe('path');
  });
});

describe('the search on the PATH', () => {
  test('skips a server that is too old and finds a later one', async () => {
    await using directory = await temporaryDirectory();
    const [old, recent] = ['old', 'recent'].map((name) => join(directory.path, name));
    await mkdir(old ?? '');
    await mkdir(recent ?? '');
    await fakeServer(join(old ?? '', 'nats-server'), '2.9.10');
    await fakeServer(join(recent ?? '', 'nats-server'), '2.12.1');
    const found = await locateNatsServer({ path: `${old}:${recent}` });
    expect(found).toEqual({ path: `${recent}/nats-server`, version: '2.12.1', from: 'path' });
  });

  test('skips a relative directory', async () => {
    await using directory = await temporaryDirectory();
    await fakeServer(join(directory.path, 'nats-server'), '2.15.1');
    const path = relative(cwd(), directory.path);
    await expect(
      locateNatsServer({ path, cacheDir: directory.path, ...nowhere }),
    ).rejects.toMatchObject({ code: 'offline' });
  });
});

describe('the search in the cache', () => {
  test('finds the newest server that runs, even if broken ones are there', async () => {
    await using cache = await temporaryDirectory();
    for (const version of ['2.12.9', '2.12.10', '2.9.10']) {
      await mkdir(join(cache.path, `nats-server-${version}`));
      await fakeServer(join(cache.path, `nats-server-${version}`, 'nats-server'), version);
    }
    await mkdir(join(cache.path, 'nats-server-2.15.1'));
    await writeFile(join(cache.path, 'nats-server-2.15.1', 'nats-server'), 'half a fi');
    await mkdir(join(cache.path, '.fetching-abandoned'));
    const found = await locateNatsServer({ cacheDir: cache.path });
    expect(found).toMatchObject({ version: '2.12.10', from: 'cache' });
  });
});

describe('the search without a result', () => {
  test('names every way that was tried, with its reason', async () => {
    await using directory = await temporaryDirectory();
    const old = await fakeServer(join(directory.path, 'nats-server'), '2.9.10');
    const cacheDir = join(directory.path, 'cache');
    const failure = locateNatsServer({ path: directory.path, cacheDir, ...nowhere });
    await expect(failure).rejects.toMatchObject({
      code: 'offline',
      hint: expect.stringContaining('ROLLCALL_NATS_SERVER'),
    });
    const message = String(await failure.catch((error: unknown) => error));
    expect(message).toContain(`${old} is nats-server 2.9.10`);
    expect(message).toContain(`${cacheDir} has none`);
    expect(message).toMatch(/http:\/\/127\.0\.0\.1:1\/.*could not be reached/);
    expect(message).toMatch(/no mirror in the sources|no apt-get/);
  });

  test('fetches nothing without a cache directory', async () => {
    await expect(locateNatsServer({ path: '' })).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining('neither XDG_CACHE_HOME nor HOME is set'),
    });
  });

  test('names a cache that cannot be written to', async () => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'a-file');
    await writeFile(file, '');
    await expect(
      locateNatsServer({ cacheDir: join(file, 'cache'), ...nowhere }),
    ).rejects.toMatchObject({ code: 'server-failed', message: expect.stringContaining(file) });
  });
});

test('an abort ends the search with its own reason', async () => {
  await using directory = await temporaryDirectory();
  const named = join(directory.path, 'slow');
  await writeFile(named, '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
  const abort = new AbortController();
  const search = locateNatsServer({ named, signal: abort.signal });
  abort.abort(new Error('the user had enough'));
  await expect(search).rejects.toThrow('the user had enough');
});

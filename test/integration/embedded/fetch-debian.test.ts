import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { runCommand } from '../../../src/adapters/embedded/binary/run-command.ts';
import { newEnough } from '../../../src/adapters/embedded/binary/version.ts';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { serveFiles } from './support/releases.ts';

const releasesUrl = 'http://127.0.0.1:9';

async function hasApt(): Promise<boolean> {
  return (await runCommand('apt-get', ['--version'], { within: 10_000 })).code === 0;
}

/** When the machine's own package lists and its list of installed packages last changed. */
async function machineState(): Promise<unknown[]> {
  const paths = ['/var/lib/apt/lists', '/var/lib/dpkg/status', '/var/cache/apt', '/etc/apt'];
  return Promise.all(paths.map((path) => stat(path).then(({ mtimeMs }) => mtimeMs)));
}

test('the package of the distribution is fetched into an empty cache, and runs', async (ctx) => {
  if (!(await hasApt())) ctx.skip('there is no apt-get on this machine');
  await using directory = await temporaryDirectory();
  const cacheDir = join(directory.path, 'cache');
  const before = await machineState();
  const found = await locateNatsServer({ cacheDir, releasesUrl });

  expect(found.from).toBe('debian');
  expect(newEnough(found.version)).toBe(true);
  expect(await readdir(cacheDir)).toEqual([`nats-server-${found.version}`]);
  expect(await machineState()).toEqual(before);
  await using server = await startNatsServer({
    binary: found.path,
    storeDir: join(directory.path, 'store'),
  });
  expect(server.port).toBeGreaterThan(0);
});

test('a mirror without a signature is refused, even one that the machine trusts', async (ctx) => {
  if (!(await hasApt())) ctx.skip('there is no apt-get on this machine');
  await using directory = await temporaryDirectory();
  const packages = 'Package: nats-server\nVersion: 2.15.1-1\nArchitecture: all\nFilename: x.deb\n';
  const suites = ['stable-backports', 'testing', 'sid'];
  const files = suites.flatMap((suite) => [
    [`/dists/${suite}/Release`, `Suite: ${suite}\nCodename: ${suite}\nComponents: main\n`],
    [`/dists/${suite}/main/binary-amd64/Packages`, packages],
  ]);
  await using mirror = await serveFiles(Object.fromEntries(files));
  const aptDir = join(directory.path, 'apt');
  await mkdir(aptDir);
  const line = `deb [trusted=yes allow-insecure=yes] ${mirror.url} bookworm main\n`;
  await writeFile(join(aptDir, 'sources.list'), line);
  const cacheDir = join(directory.path, 'cache');
  await expect(locateNatsServer({ cacheDir, releasesUrl, aptDir })).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringMatching(/sid at http:.* is not signed/),
  });
  expect(await readdir(cacheDir)).toEqual([]);
});

test('an abort while the package list is read leaves nothing in the cache', async (ctx) => {
  if (!(await hasApt())) ctx.skip('there is no apt-get on this machine');
  await using cache = await temporaryDirectory();
  const abort = new AbortController();
  const saidAfter: string[] = [];
  const progress = (message: string) => {
    if (abort.signal.aborted) saidAfter.push(message);
    if (message.startsWith('reading')) setTimeout(() => abort.abort(new Error('Ctrl-C')), 100);
  };
  const places = { cacheDir: cache.path, releasesUrl, progress, signal: abort.signal };
  await expect(locateNatsServer(places)).rejects.toThrow('Ctrl-C');
  expect(saidAfter).toEqual([]);
  expect(await readdir(cache.path)).toEqual([]);
});

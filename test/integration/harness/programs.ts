import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { type CommandEnd, runCommand } from '../../../src/adapters/embedded/binary/run-command.ts';

/** Debian packages of the programs that the tests use, and where their files are in the package. */
const packages = {
  dig: { package: 'bind9-dnsutils', file: 'usr/bin/dig' },
  dnsmasq: { package: 'dnsmasq-base', file: 'usr/sbin/dnsmasq' },
  haproxy: { package: 'haproxy', file: 'usr/sbin/haproxy' },
  nginx: { package: 'nginx-light', file: 'usr/sbin/nginx' },
  prometheus: { package: 'prometheus', file: 'usr/bin/prometheus' },
  promtool: { package: 'prometheus', file: 'usr/bin/promtool' },
  'systemd-analyze': { package: 'systemd', file: 'usr/bin/systemd-analyze' },
  unbound: { package: 'unbound', file: 'usr/sbin/unbound' },
} as const;

/** A program that runs here: its file, and the environment that it needs. */
export interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A program for a test: installed, or the distribution's package unpacked into the cache. Nothing is
 * installed. Without both the test is skipped with the reason; with ROLLCALL_PROGRAMS=demanded it fails.
 */
export async function programFor(
  test: Pick<TestContext, 'skip'>,
  name: keyof typeof packages,
): Promise<Program> {
  const found = (await installed(name)) ?? (await cached(name)) ?? (await fetched(name));
  if (typeof found === 'object') return found;
  const why = `there is no ${name} here: ${found}`;
  if (env['ROLLCALL_PROGRAMS'] === 'demanded') throw new Error(why);
  return test.skip(why);
}

/** Begins to fetch what is missing, so that the first test that needs it waits for less. */
export async function prepare(): Promise<void> {
  for (const name of Object.keys(packages) as (keyof typeof packages)[]) {
    const there = (await installed(name)) ?? (await cached(name));
    if (!there) return void (await fetched(name));
  }
}

async function installed(name: keyof typeof packages): Promise<Program | undefined> {
  if (env['ROLLCALL_PROGRAMS_FROM'] === 'cache') return undefined;
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return { path, env: {} };
  }
  return undefined;
}

const cache = cacheDir(env);
/** The packages to unpack, each once. */
const packageNames = [...new Set(Object.values(packages).map((one) => one.package))];
/** Where they are unpacked, all below one folder; another list of packages has another folder. */
const root = join(
  cache ?? '/nonexistent',
  `programs-${createHash('sha256').update(packageNames.join()).digest('hex').slice(0, 8)}`,
);

async function cached(name: keyof typeof packages): Promise<Program | undefined> {
  const path = join(root, packages[name].file);
  if (!(await isExecutable(path))) return undefined;
  const lib = join(root, 'usr/lib');
  const below = await readdir(lib, { withFileTypes: true }).catch(() => []);
  const folders = below
    .filter((one) => one.isDirectory())
    // The private libraries of systemd are one folder further down.
    .flatMap(({ name }) => [join(lib, name), join(lib, name, 'systemd')]);
  return { path, env: { LD_LIBRARY_PATH: [lib, ...folders].join(delimiter) } };
}

/** Fetches all programs at once; a second test that needs one waits for the first. */
async function fetched(name: keyof typeof packages): Promise<Program | string> {
  if (cache === undefined) return 'no cache directory';
  await mkdir(cache, { recursive: true });
  const lock = `${root}.lock`;
  for (let tries = 0; tries < 600; tries += 1) {
    const there = await cached(name);
    if (there) return there;
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isOurs) break;
    await pause(500);
  }
  const work = await mkdtemp(join(cache, '.fetching-'));
  try {
    const failed = await unpackInto(work);
    if (failed !== undefined) return failed;
    await rename(join(work, 'root'), root);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(lock, { recursive: true, force: true });
  }
  return (await cached(name)) ?? `its package has no ${packages[name].file}`;
}

/** Unpacks the packages and the libraries that are not installed; undefined, or why that failed. */
async function unpackInto(work: string): Promise<string | undefined> {
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  const archives = join(work, 'cache/archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const own = [
    ...['-o', `Dir::State=${work}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'],
    ...['-o', `Dir::Cache=${work}/cache`, '-o', 'Debug::NoLocking=true'],
    ...['-o', 'APT::Install-Recommends=false', '-o', 'APT::Sandbox::User=', '-q'],
  ];
  const run = (command: string, args: readonly string[]): Promise<CommandEnd> =>
    runCommand(command, args, { cwd: work, within: 120_000 });
  const update = await run('apt-get', [...own, 'update']);
  if (update.code !== 0) return lastLine(update);
  const get = ['install', '--download-only', '--reinstall', '--yes', ...packageNames];
  const download = await run('apt-get', [...own, ...get]);
  if (download.code !== 0) return lastLine(download);
  for (const file of await readdir(archives)) {
    if (!file.endsWith('.deb')) continue;
    const unpack = await run('dpkg-deb', ['-x', join(archives, file), join(work, 'root')]);
    if (unpack.code !== 0) return lastLine(unpack);
  }
  return undefined;
}

const lastLine = ({ stderr }: CommandEnd): string => stderr.trim().split('\n').at(-1) ?? '';

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

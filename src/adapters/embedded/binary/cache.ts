import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { hours } from '../../../domain/time.ts';
import { inspectBinary } from './inspect-binary.ts';
import { compareVersions, readVersion } from './version.ts';

const workPrefix = '.fetching-';
const abandonedAfter = hours(1);

/** Where a server is fetched to, and how progress is reported. */
export type FetchInto = {
  cacheDir: string;
  progress: (message: string) => void;
  signal?: AbortSignal | undefined;
};

/** A server that is now in the cache, or the reasons why it could not be fetched this way. */
export type Fetched = { path: string; version: string } | { failed: string[] };

/**
 * The directory of fetched servers, by the XDG base directory rules: a relative `XDG_CACHE_HOME` is
 * ignored. `undefined` if neither it nor `HOME` is set: programs must not be run from a directory that
 * every user can guess and write to.
 */
export function cacheDir(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall');
  return home !== undefined && isAbsolute(home) ? join(home, '.cache', 'rollcall') : undefined;
}

/** The newest server in the cache that runs and is new enough. */
export async function cachedServer(
  cacheDir: string,
  signal?: AbortSignal,
): Promise<{ path: string; version: string } | undefined> {
  const names = await readdir(cacheDir).catch(() => []);
  const candidates = names
    .map((name) => ({ name, version: readVersion(name) }))
    .filter(({ name, version }) => name.startsWith('nats-server-') && version !== undefined)
    .sort((a, b) => compareVersions(b.version ?? '', a.version ?? ''));
  for (const { name } of candidates) {
    const path = join(cacheDir, name, 'nats-server');
    const found = await inspectBinary(path, signal);
    if (found.is === 'usable') return { path, version: found.version };
  }
  return undefined;
}

/**
 * A temporary directory inside the cache, removed when disposed, so that an interrupted fetch leaves
 * nothing that looks like a server. The directory of a killed process is removed after an hour.
 * @throws {Fault} `server-failed` if the cache is not writable
 */
export async function workDirectory(
  cacheDir: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(cacheDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new Fault('server-failed', `the cache directory ${cacheDir} is not writable: ${cause}`, {
      cause,
      hint: 'set XDG_CACHE_HOME to a directory that this user may write to',
    });
  });
  for (const name of await readdir(cacheDir)) {
    const path = join(cacheDir, name);
    const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: Infinity };
    if (name.startsWith(workPrefix) && Date.now() - mtimeMs > abandonedAfter) await remove(path);
  }
  const path = await mkdtemp(join(cacheDir, workPrefix));
  return { path, [Symbol.asyncDispose]: () => remove(path) };
}

/**
 * Moves an unpacked server into the cache by one rename, and returns its path there.
 *
 * Of two concurrent processes the second uses the file of the first. No reader sees an incomplete file,
 * and a file that may be running is never replaced. An existing file that does not run here (a home
 * directory shared with another kind of machine) is not changed; ours gets another name.
 */
export async function installIntoCache(
  cacheDir: string,
  file: string,
  version: string,
): Promise<string> {
  await using work = await workDirectory(cacheDir);
  const staged = join(work.path, `nats-server-${version}`);
  await mkdir(staged);
  await copyFile(file, join(staged, 'nats-server'));
  await chmod(join(staged, 'nats-server'), 0o755);
  for (const name of [basename(staged), `${basename(staged)}.${basename(work.path)}`]) {
    const target = join(cacheDir, name);
    const failure = await rename(staged, target).catch((error: unknown) => error);
    const path = join(target, 'nats-server');
    if (failure === undefined || (await inspectBinary(path)).is === 'usable') return path;
  }
  throw new Fault('server-failed', `the fetched nats-server could not be moved into ${cacheDir}`);
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

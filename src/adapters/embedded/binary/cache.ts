import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { hours } from '../../../domain/time.ts';
import { inspectBinary } from './inspect-binary.ts';
import { compareVersions, readVersion } from './version.ts';

const workPrefix = '.fetching-';
const abandonedAfter = hours(1);

/** The newest server in the cache that runs and is new enough. */
export async function cachedServer(
  cacheDir: string,
  signal?: AbortSignal,
): Promise<{ path: string; version: string } | undefined> {
  const names = await readdir(cacheDir).catch(() => []);
  const kept = names
    .map((name) => ({ name, version: readVersion(name) }))
    .filter(({ name, version }) => name.startsWith('nats-server-') && version !== undefined)
    .sort((a, b) => compareVersions(b.version ?? '', a.version ?? ''));
  for (const { name } of kept) {
    const path = join(cacheDir, name, 'nats-server');
    const found = await inspectBinary(path, signal);
    if (found.is === 'usable') return { path, version: found.version };
  }
  return undefined;
}

/**
 * A directory inside the cache to fetch into, gone again when disposed: what is interrupted leaves
 * nothing that could be taken for a server. One that a killed process left is removed an hour on.
 * @throws {Fault} `server-failed` when the cache cannot be written to
 */
export async function workDirectory(
  cacheDir: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(cacheDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new Fault('server-failed', `no nats-server can be kept in ${cacheDir}: ${cause}`, {
      cause,
      hint: 'let XDG_CACHE_HOME name a directory that can be written to',
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
 * Puts an unpacked server into the cache by one rename, and returns its path there.
 *
 * Of two processes that fetch at once the first wins and the second uses the first one's file; no
 * reader ever sees half a file, and nothing that may be running is replaced. A name taken by a
 * file that does not run here (a home directory shared with another kind of machine) is left alone.
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
    const kept = join(cacheDir, name);
    const taken = await rename(staged, kept).catch((error: unknown) => error);
    const path = join(kept, 'nats-server');
    if (taken === undefined || (await inspectBinary(path)).is === 'usable') return path;
  }
  throw new Fault('server-failed', `the fetched nats-server could not be moved into ${cacheDir}`);
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

import { delimiter, isAbsolute, join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { cachedServer, type FetchInto } from './cache.ts';
import { fetchDebianPackage } from './fetch-debian-package.ts';
import { fetchRelease } from './fetch-release.ts';
import { describe, inspectBinary, namedBinary, type ServerBinary } from './inspect-binary.ts';
import { oldestServer } from './version.ts';

/** Where to search. The caller reads the environment. */
export type SearchOptions = {
  /** Value of `ROLLCALL_NATS_SERVER`. */
  named?: string | undefined;
  /** Value of `PATH`. */
  path?: string | undefined;
  /** Result of `cacheDir()`; without one nothing is downloaded. */
  cacheDir?: string | undefined;
  /** Base address of the releases, for tests and private mirrors. */
  releasesUrl?: string;
  /** The directory of apt's sources. */
  aptDir?: string;
  progress?: (message: string) => void;
  signal?: AbortSignal;
};

/**
 * Finds a nats-server that runs here and is new enough, and downloads one if there is none.
 *
 * The order is: the configured path, the PATH, the cache, a release, the distribution's package.
 * @throws {Fault} `server-not-found` or `server-too-old` for the configured path; `offline` if every
 * way failed, with all reasons; `checksum-wrong`
 */
export async function locateNatsServer(options: SearchOptions): Promise<ServerBinary> {
  const { named, path = '', cacheDir, progress = () => {}, signal } = options;
  if (named !== undefined && named !== '') return namedBinary(named, signal);
  const failures: string[] = [];

  const installed = await installedServer(path, failures, signal);
  if (installed !== undefined) return installed;
  if (cacheDir === undefined) {
    throw notFound([...failures, 'no cache directory: neither XDG_CACHE_HOME nor HOME is set']);
  }
  const cached = await cachedServer(cacheDir, signal);
  if (cached !== undefined) return { ...cached, from: 'cache' };
  failures.push(`${cacheDir} has none`);

  const into: FetchInto = { cacheDir, progress, signal };
  const release = await fetchRelease(into, options.releasesUrl);
  if ('path' in release) return { ...release, from: 'release' };
  progress(`no release available: ${release.failed.join('; ')}`);
  const debian = await fetchDebianPackage(into, options.aptDir);
  if ('path' in debian) return { ...debian, from: 'debian' };
  throw notFound([...failures, ...release.failed, ...debian.failed]);
}

/** The first usable server on the PATH. One that is too old is skipped and listed among the failures. */
async function installedServer(
  path: string,
  failures: string[],
  signal: AbortSignal | undefined,
): Promise<ServerBinary | undefined> {
  const before = failures.length;
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const file = join(directory, 'nats-server');
    const found = await inspectBinary(file, signal);
    if (found.is === 'usable') return { path: file, version: found.version, from: 'path' };
    if (found.is !== 'missing') failures.push(`${file} ${describe(found)}`);
  }
  if (failures.length === before) failures.push('the PATH has none');
  return undefined;
}

function notFound(failures: readonly string[]): Fault {
  const reasons = failures.map((failure) => `\n  - ${failure}`).join('');
  return new Fault(
    'offline',
    `no nats-server ${oldestServer} or later was found, and none could be downloaded:${reasons}`,
    {
      hint: 'install one on the PATH, set ROLLCALL_NATS_SERVER to its path, or connect with --servers',
    },
  );
}

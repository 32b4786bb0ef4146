import { delimiter, isAbsolute, join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { cachedServer } from './cache.ts';
import { fetchDebianPackage } from './fetch-debian-package.ts';
import type { FetchInto } from './fetch-into.ts';
import { fetchRelease } from './fetch-release.ts';
import { describe, inspectBinary, namedBinary, type ServerBinary } from './inspect-binary.ts';
import { oldestServer } from './version.ts';

/** Where to look. Everything that comes from the environment is read by the caller. */
export type SearchPlaces = {
  /** What `ROLLCALL_NATS_SERVER` says. */
  named?: string | undefined;
  /** What `PATH` says. */
  path?: string | undefined;
  /** What `cacheDir()` says; without one nothing is fetched. */
  cacheDir?: string | undefined;
  /** The address under which releases are found; another one for tests and for own mirrors. */
  releasesUrl?: string;
  /** The directory that holds apt's sources. */
  aptDir?: string;
  progress?: (message: string) => void;
  signal?: AbortSignal;
};

/**
 * Finds a nats-server that runs here and is new enough, fetching one where there is none.
 *
 * The order is: the one that is named, the PATH, the cache, a release, the distribution's package.
 * @throws {Fault} `server-not-found` or `server-too-old` for the one that is named; `offline` when
 * every way failed, with each way and its reason; `checksum-wrong`
 */
export async function locateNatsServer(places: SearchPlaces): Promise<ServerBinary> {
  const { named, path = '', cacheDir, progress = () => {}, signal } = places;
  if (named !== undefined && named !== '') return namedBinary(named, signal);
  const tried: string[] = [];

  const installed = await installedServer(path, tried, signal);
  if (installed !== undefined) return installed;
  if (cacheDir === undefined) {
    throw nowhere([...tried, 'no cache directory: neither XDG_CACHE_HOME nor HOME is set']);
  }
  const cached = await cachedServer(cacheDir, signal);
  if (cached !== undefined) return { ...cached, from: 'cache' };
  tried.push(`${cacheDir} holds none`);

  const into: FetchInto = { cacheDir, progress, signal };
  const release = await fetchRelease(into, places.releasesUrl);
  if ('path' in release) return { ...release, from: 'release' };
  progress(`not to be had as a release: ${release.failed.join('; ')}`);
  const debian = await fetchDebianPackage(into, places.aptDir);
  if ('path' in debian) return { ...debian, from: 'debian' };
  throw nowhere([...tried, ...release.failed, ...debian.failed]);
}

/** The first usable one on the PATH; one that is too old is passed over and mentioned. */
async function installedServer(
  path: string,
  tried: string[],
  signal: AbortSignal | undefined,
): Promise<ServerBinary | undefined> {
  const before = tried.length;
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const file = join(directory, 'nats-server');
    const found = await inspectBinary(file, signal);
    if (found.is === 'usable') return { path: file, version: found.version, from: 'path' };
    if (found.is !== 'missing') tried.push(`${file} ${describe(found)}`);
  }
  if (tried.length === before) tried.push('the PATH has none');
  return undefined;
}

function nowhere(tried: readonly string[]): Fault {
  const ways = tried.map((way) => `\n  - ${way}`).join('');
  return new Fault('offline', `no nats-server ${oldestServer} or later could be had:${ways}`, {
    hint: 'put one on the PATH, or name one with ROLLCALL_NATS_SERVER, or give --servers',
  });
}

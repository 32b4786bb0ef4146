import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minutes } from '../../../domain/time.ts';
import { type AptSource, mirrorsOf, readOneLineSources, readStanzaSources } from './apt-sources.ts';
import { type Fetched, type FetchInto, installIntoCache, workDirectory } from './cache.ts';
import { describe, inspectBinary } from './inspect-binary.ts';
import { isolatedApt } from './isolated-apt.ts';
import { runCommand } from './run-command.ts';
import { newEnough, readVersion } from './version.ts';

/** Smallest package index first. The server in stable is too old; the one in unstable never is. */
const suites = ['stable-backports', 'testing', 'sid'] as const;
/** Error texts of apt for a mirror that will not be reachable for the next suite either. */
const unreachable = /resolving|Could not (connect|resolve)|timed out/;

/**
 * Fetches the distribution's package into the cache, for a machine that reaches only its distribution's
 * mirror.
 *
 * It uses the mirrors of the machine's own sources. apt verifies the signatures. The package is
 * unpacked, never installed, and nothing outside the cache changes.
 */
export async function fetchDebianPackage(
  into: FetchInto,
  sourcesDir = '/etc/apt',
): Promise<Fetched> {
  const apt = await runCommand('apt-get', ['--version'], {
    within: minutes(1),
    signal: into.signal,
  });
  if (apt.code !== 0) return { failed: ['no apt-get on this machine'] };
  const mirrors = mirrorsOf(await readAptSources(sourcesDir));
  if (mirrors.length === 0) return { failed: [`no mirror in the sources under ${sourcesDir}`] };
  const failed: string[] = [];
  for (const mirror of mirrors) {
    for (const suite of suites) {
      const fetched = await fetchFrom(mirror, suite, into);
      if ('path' in fetched) return fetched;
      failed.push(...fetched.failed.map((why) => `${suite} at ${mirror.uri}: ${why}`));
      if (fetched.failed.some((why) => unreachable.test(why))) break;
    }
  }
  return { failed };
}

async function fetchFrom(
  mirror: AptSource,
  suite: string,
  { cacheDir, progress, signal }: FetchInto,
): Promise<Fetched> {
  await using work = await workDirectory(cacheDir);
  const apt = await isolatedApt(work.path, mirror, suite, signal);

  progress(`reading the package list of ${suite} at ${mirror.uri}`);
  const update = await apt('apt-get', ['update']);
  if (update.code !== 0) return { failed: [errorLine(update.stderr)] };
  const shown = await apt('apt-cache', ['show', '--no-all-versions', 'nats-server']);
  const version = readVersion(/^Version: (?:\d+:)?(\S+)$/m.exec(shown.stdout)?.[1] ?? '');
  if (version === undefined) return { failed: ['it has no nats-server'] };
  if (!newEnough(version)) return { failed: [`its nats-server is ${version}`] };

  progress(`fetching nats-server ${version} from ${suite} at ${mirror.uri}`);
  const download = await apt('apt-get', ['download', 'nats-server']);
  const archive = (await readdir(work.path)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return { failed: [errorLine(download.stderr)] };
  const unpack = await runCommand('dpkg-deb', ['-x', archive, 'unpacked'], {
    cwd: work.path,
    within: minutes(1),
    signal,
  });
  if (unpack.code !== 0) return { failed: [errorLine(unpack.stderr)] };
  const file = join(work.path, 'unpacked/usr/sbin/nats-server');
  const found = await inspectBinary(file, signal);
  if (found.is !== 'usable') return { failed: [`its nats-server ${describe(found)}`] };
  return { path: await installIntoCache(cacheDir, file, found.version), version: found.version };
}

async function readAptSources(sourcesDir: string): Promise<AptSource[]> {
  const parts = join(sourcesDir, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort();
  const files = [join(sourcesDir, 'sources.list'), ...names.map((name) => join(parts, name))];
  const read = files.map(async (file) => {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list')) return readOneLineSources(text);
    return file.endsWith('.sources') ? readStanzaSources(text) : [];
  });
  return (await Promise.all(read)).flat();
}

/** The first error line; apt may print many warnings before it. */
function errorLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => line.startsWith('E:')) ?? lines.at(-1) ?? '';
}

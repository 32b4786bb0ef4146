import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { minutes } from '../../../domain/time.ts';
import { installIntoCache, workDirectory } from './cache.ts';
import { downloadFile, downloadText } from './download.ts';
import type { Fetched, FetchInto } from './fetch-into.ts';
import { describe, inspectBinary } from './inspect-binary.ts';
import { archiveName, releasePlatform } from './platform.ts';
import { runCommand } from './run-command.ts';
import { fetchedServer } from './version.ts';

const releasesUrl = 'https://github.com/nats-io/nats-server/releases/download';

/**
 * Fetches the release archive for this platform into the cache.
 *
 * The checksum comes from the same place as the archive: it finds a damaged or truncated download,
 * and is no proof against whoever controls that place. A wrong one ends the search for a server
 * instead of going on with the next way: something between here and there is not to be trusted.
 * @throws {Fault} `checksum-wrong`
 */
export async function fetchRelease(
  { cacheDir, progress, signal }: FetchInto,
  baseUrl = releasesUrl,
): Promise<Fetched> {
  const target = releasePlatform(platform(), arch());
  if (target === undefined) {
    return { failed: [`no release is published for ${platform()} on ${arch()}`] };
  }
  const name = archiveName(fetchedServer, target);
  const at = (file: string) => `${baseUrl}/v${fetchedServer}/${file}`;
  await using work = await workDirectory(cacheDir);

  progress(`fetching ${at(`${name}.tar.gz`)}`);
  const sums = await downloadText(at('SHA256SUMS'), signal);
  if ('failed' in sums) return { failed: [sums.failed] };
  const wanted = checksumOf(sums.text, `${name}.tar.gz`);
  if (wanted === undefined) return { failed: [`${at('SHA256SUMS')} does not name ${name}.tar.gz`] };
  const archive = join(work.path, 'archive.tar.gz');
  const got = await downloadFile(at(`${name}.tar.gz`), archive, signal);
  if ('failed' in got) return { failed: [got.failed] };
  if (got.sha256 !== wanted) throw wrongChecksum(at(`${name}.tar.gz`), wanted, got.sha256);

  const unpack = await runCommand('tar', ['-xzf', archive, '-C', work.path], {
    signal,
    within: minutes(1),
  });
  if (unpack.code !== 0) return { failed: [`tar could not unpack it: ${unpack.stderr.trim()}`] };
  const file = join(work.path, name, 'nats-server');
  const found = await inspectBinary(file, signal);
  if (found.is !== 'usable') return { failed: [`the nats-server in it ${describe(found)}`] };
  return { path: await installIntoCache(cacheDir, file, found.version), version: found.version };
}

/** The SHA-256 that a `SHA256SUMS` file gives for one name, in lower case. */
export function checksumOf(sums: string, name: string): string | undefined {
  const lines = sums.split('\n').map((line) => line.trim().split(/\s+\*?/));
  return lines.find(([, file]) => file === name)?.[0]?.toLowerCase();
}

function wrongChecksum(url: string, wanted: string, got: string): Fault {
  return new Fault('checksum-wrong', `${url} has SHA-256 ${got}, but SHA256SUMS says ${wanted}`, {
    hint: 'try again; if it stays so, what is between here and there changes what it delivers',
  });
}

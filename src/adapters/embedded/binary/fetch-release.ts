import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { minutes } from '../../../domain/time.ts';
import { type Fetched, type FetchInto, installIntoCache, workDirectory } from './cache.ts';
import { downloadFile, downloadText } from './download.ts';
import { describe, inspectBinary } from './inspect-binary.ts';
import { runCommand } from './run-command.ts';
import { fetchedServer } from './version.ts';

const releasesUrl = 'https://github.com/nats-io/nats-server/releases/download';

const systems: Readonly<Record<string, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  freebsd: 'freebsd',
};
const machines: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm7',
  ia32: '386',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/**
 * The platform's name in a release (`linux-amd64`) for the names of `node:os`; `undefined` if there is
 * no release that can be unpacked here. Windows is not supported: its archives are zip files, and the
 * watchdog of the embedded server needs a POSIX shell.
 */
export function releasePlatform(platform: string, arch: string): string | undefined {
  const [system, machine] = [systems[platform], machines[arch]];
  if (system === undefined || machine === undefined) return undefined;
  if (system === 'darwin' && machine !== 'amd64' && machine !== 'arm64') return undefined;
  if (system === 'freebsd' && machine !== 'amd64') return undefined;
  return `${system}-${machine}`;
}

/** The directory in a release archive; it is also the archive's name without `.tar.gz`. */
export function archiveName(version: string, platform: string): string {
  return `nats-server-v${version}-${platform}`;
}

/**
 * Fetches the release archive for this platform into the cache.
 *
 * The checksum comes from the same server as the archive: it detects a damaged or truncated download,
 * but is no protection against an attacker who controls that server. A wrong checksum ends the search
 * for a server: something on the network path cannot be trusted.
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
  if (unpack.code !== 0)
    return { failed: [`tar could not unpack the archive: ${unpack.stderr.trim()}`] };
  const file = join(work.path, name, 'nats-server');
  const found = await inspectBinary(file, signal);
  if (found.is !== 'usable')
    return { failed: [`the nats-server in the archive ${describe(found)}`] };
  return { path: await installIntoCache(cacheDir, file, found.version), version: found.version };
}

/** The SHA-256 of a file name in a `SHA256SUMS` file, in lower case. */
export function checksumOf(sums: string, name: string): string | undefined {
  const lines = sums.split('\n').map((line) => line.trim().split(/\s+\*?/));
  return lines.find(([, file]) => file === name)?.[0]?.toLowerCase();
}

function wrongChecksum(url: string, wanted: string, got: string): Fault {
  return new Fault(
    'checksum-wrong',
    `the SHA-256 of ${url} is ${got}; SHA256SUMS lists ${wanted}`,
    {
      hint: 'try again; if it happens again, a proxy or mirror on the way changes the file',
    },
  );
}

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
 * The name that a release gives to this platform (`linux-amd64`), from what `node:os` calls it, or
 * `undefined` where nothing is published that can be unpacked here. Windows is left out: its
 * archives are zip files, and the guard of the embedded server is a POSIX shell.
 */
export function releasePlatform(platform: string, arch: string): string | undefined {
  const [system, machine] = [systems[platform], machines[arch]];
  if (system === undefined || machine === undefined) return undefined;
  if (system === 'darwin' && machine !== 'amd64' && machine !== 'arm64') return undefined;
  if (system === 'freebsd' && machine !== 'amd64') return undefined;
  return `${system}-${machine}`;
}

/** The directory inside a release archive, which is also the archive's name without `.tar.gz`. */
export function archiveName(version: string, platform: string): string {
  return `nats-server-v${version}-${platform}`;
}

import { expect, test } from 'vitest';
import {
  archiveName,
  checksumOf,
  releasePlatform,
} from '../../../../src/adapters/embedded/binary/fetch-release.ts';

test.each([
  ['linux', 'x64', 'linux-amd64'],
  ['linux', 'arm64', 'linux-arm64'],
  ['linux', 'arm', 'linux-arm7'],
  ['linux', 'ia32', 'linux-386'],
  ['darwin', 'x64', 'darwin-amd64'],
  ['darwin', 'arm64', 'darwin-arm64'],
  ['freebsd', 'x64', 'freebsd-amd64'],
  ['darwin', 'ia32', undefined],
  ['freebsd', 'arm64', undefined],
  ['win32', 'x64', undefined],
  ['linux', 'mips', undefined],
])('the release for %s on %s is %s', (platform, arch, name) => {
  expect(releasePlatform(platform, arch)).toBe(name);
});

test('an archive is named after version and platform', () => {
  expect(archiveName('2.15.1', 'linux-amd64')).toBe('nats-server-v2.15.1-linux-amd64');
});

const sums = `${'a'.repeat(64)}  nats-server-v2.15.1-linux-amd64.zip
${'B'.repeat(64)}  nats-server-v2.15.1-linux-amd64.tar.gz
${'c'.repeat(64)} *nats-server-v2.15.1-linux-arm64.tar.gz
`;

test.each([
  ['nats-server-v2.15.1-linux-amd64.tar.gz', 'b'.repeat(64)],
  ['nats-server-v2.15.1-linux-arm64.tar.gz', 'c'.repeat(64)],
  ['nats-server-v2.15.1-linux-386.tar.gz', undefined],
  ['linux-amd64.tar.gz', undefined],
])('the checksum of %s is found by its whole name', (name, sum) => {
  expect(checksumOf(sums, name)).toBe(sum);
});

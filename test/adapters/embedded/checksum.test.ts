import { expect, test } from 'vitest';
import { checksumOf } from '../../../src/adapters/embedded/binary/fetch-release.ts';

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

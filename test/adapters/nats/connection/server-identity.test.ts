import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { issueCertificate, newAuthority } from '../../../../src/adapters/certificates/issue.ts';
import { identityCheck } from '../../../../src/adapters/nats/connection/server-identity.ts';

const validity = { from: Date.now() - 1000, until: Date.now() + 3_600_000 };
const certificateFor = async (...hosts: readonly string[]) => {
  const ca = await newAuthority('ca', validity);
  const { certificate } = await issueCertificate(ca, { name: 'a', hosts }, validity);
  return new X509Certificate(certificate).toLegacyObject() as PeerCertificate;
};

test.each([
  ['the address that was asked for', 'tls://10.0.0.1:4222', 'localhost', '10.0.0.1', true],
  ['the address without a port', '10.0.0.1', 'localhost', '10.0.0.1', true],
  ['an address of version 6', 'tls://[::1]:4222', 'localhost', '::1', true],
  ['another address', 'tls://10.0.0.1:4222', 'localhost', '10.0.0.2', false],
  [
    'localhost, where an address was asked for',
    'tls://127.0.0.1:1',
    'localhost',
    'localhost',
    false,
  ],
  ['localhost, where it was asked for', 'tls://localhost:1', 'localhost', 'localhost', true],
  ['the name that was asked for', 'tls://nats-1:4222', 'nats-1', 'nats-1', true],
  ['another name', 'tls://nats-1:4222', 'nats-1', 'nats-2', false],
])('a certificate that names %s counts or not', async (_what, server, host, named, counts) => {
  const wrong = identityCheck([server])(host, await certificateFor(named));
  expect(wrong === undefined).toBe(counts);
});

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  type Issued,
  issueCertificate,
  newAuthority,
} from '../../../src/adapters/certificates/issue.ts';
import { readCertificates } from '../../../src/adapters/certificates/read.ts';

const day = 24 * 3600 * 1000;
const year = { from: Date.now() - day, until: Date.now() + 365 * day };

/** Connects a client to a server that requires a certificate of the same authority. */
async function handshake(
  server: Issued,
  client: Partial<Issued>,
  ca: string,
  servername: string,
): Promise<string> {
  const { certificate: cert, key } = server;
  const listener = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true });
  listener.on('tlsClientError', () => {});
  listener.on('secureConnection', (socket) => socket.on('error', () => {}).end('hello'));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const own = { ...client } as { certificate?: string; key?: string };
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    ca,
    servername,
    ...(own.certificate && { cert: own.certificate, key: own.key }),
  });
  try {
    const [data] = await once(socket, 'data');
    return String(data);
  } catch (cause) {
    return (cause as { code?: string }).code ?? String(cause);
  } finally {
    socket.destroy();
    listener.close();
  }
}

describe('a certificate authority of rollcall', () => {
  test('signs certificates of servers and clients that TLS accepts', async () => {
    const ca = await newAuthority('ca', year);
    const server = await issueCertificate(ca, { name: 'a', hosts: ['nats-1'] }, year);
    const client = await issueCertificate(ca, { name: 'agent-h1' }, year);
    expect(await handshake(server, client, ca.certificate, 'nats-1')).toBe('hello');
    expect(await handshake(server, client, ca.certificate, 'nats-2')).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await handshake(server, {}, ca.certificate, 'nats-1')).toMatch(/CERTIFICATE_REQUIRED/);
    const { certificate: other } = await newAuthority('ca', year);
    expect(await handshake(server, client, other, 'nats-1')).toMatch(/VERIFY|UNABLE|SIGNATURE/);
    expect(await handshake(client, client, ca.certificate, 'nats-1')).not.toBe('hello');
  });

  test('names hosts and addresses in the certificate of a server', async () => {
    const ca = await newAuthority('ca', year);
    const hosts = ['nats-1.example', '10.1.2.3', '::1', '2001:db8::5:0:1'];
    const { certificate } = await issueCertificate(ca, { name: 'a', hosts }, year);
    const read = new X509Certificate(certificate);
    for (const host of hosts) {
      expect([host, read.checkHost(host) ?? read.checkIP(host)]).toEqual([host, host]);
    }
    expect(checkServerIdentity('10.1.2.4', read.toLegacyObject())).toBeInstanceOf(Error);
    expect(read.checkIssued(new X509Certificate(ca.certificate))).toBe(true);
    expect(read.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    expect(read.ca).toBe(false);
  });

  test('gives serial numbers that each reader of DER accepts', async () => {
    for (let n = 0; n < 10; n += 1) {
      const { certificate } = await newAuthority('ca', year);
      expect(new X509Certificate(certificate).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }
  });

  test('is read back with its name and its dates', async () => {
    const ca = await newAuthority('ca one', year);
    const { certificate } = await issueCertificate(ca, { name: 'a', hosts: ['b'] }, year);
    const [first, second, ...rest] = readCertificates(ca.certificate + certificate);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ name: 'ca one', issuer: 'ca one', hosts: undefined });
    expect(second).toMatchObject({ name: 'a', issuer: 'ca one', hosts: 'DNS:b' });
    for (const read of [first, second]) {
      expect(Math.abs((read?.until ?? 0) - year.until)).toBeLessThan(1000);
    }
    expect(readCertificates('no certificate')).toEqual([]);
  });
});

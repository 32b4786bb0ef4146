import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
} from 'pkijs';
import { keyUsage } from './key-usage.ts';

/** A certificate and its private key, in PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** From when until when a certificate is valid, in milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** Whom a certificate names. */
export interface Subject {
  readonly name: string;
  /** Of a server: its names and addresses. A client has none. */
  readonly hosts?: readonly string[];
}

const oid = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** Go, OpenSSL and Node verify it, and it is small and fast. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A new certificate authority. It can sign certificates of servers and clients, and no other authority. */
export async function newAuthority(name: string, validity: Validity): Promise<Issued> {
  const keys = await newKeys();
  const certificate = await draft({ name, issuer: name, validity, key: keys.publicKey });
  certificate.extensions = [
    extension(oid.basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(oid.keyUsage, keyUsage('certificates', 'revocations'), true),
    extension(oid.subjectKeyIdentifier, keyId(certificate)),
  ];
  await certificate.sign(keys.privateKey, 'SHA-256');
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
}

/**
 * A certificate that the authority signs, with a new key. That of a server is for clients too: the servers of
 * a cluster are each other's clients.
 */
export async function issueCertificate(
  authority: Issued,
  { name, hosts = [] }: Subject,
  validity: Validity,
): Promise<Issued> {
  const keys = await newKeys();
  const issuer = Certificate.fromBER(derOf(authority.certificate));
  const issuerName = String(issuer.subject.typesAndValues[0]?.value.valueBlock.value ?? '');
  const certificate = await draft({ name, issuer: issuerName, validity, key: keys.publicKey });
  const usages = [...(hosts.length > 0 ? [oid.serverAuth] : []), oid.clientAuth];
  const signedBy = new AuthorityKeyIdentifier({ keyIdentifier: keyId(issuer) });
  certificate.extensions = [
    extension(oid.basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(oid.keyUsage, keyUsage('signatures'), true),
    extension(oid.extendedKeyUsage, new ExtKeyUsage({ keyPurposes: usages })),
    extension(oid.authorityKeyIdentifier, signedBy),
    ...(hosts.length > 0
      ? [extension(oid.subjectAltName, new GeneralNames({ names: hosts.map(generalName) }))]
      : []),
  ];
  await certificate.sign(await signingKey(authority.key), 'SHA-256');
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
}

async function draft(of: {
  readonly name: string;
  readonly issuer: string;
  readonly validity: Validity;
  readonly key: CryptoKey;
}): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  const serial = randomBytes(16);
  // Positive, and without a leading zero byte: DER refuses one, so OpenSSL could not read one of 256 certificates.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: bufferOf(serial) });
  const named = (value: string) =>
    new AttributeTypeAndValue({ type: oid.commonName, value: new Utf8String({ value }) });
  certificate.subject.typesAndValues.push(named(of.name));
  certificate.issuer.typesAndValues.push(named(of.issuer));
  certificate.notBefore.value = new Date(of.validity.from);
  certificate.notAfter.value = new Date(of.validity.until);
  await certificate.subjectPublicKeyInfo.importKey(of.key);
  return certificate;
}

interface Encodes {
  toSchema(): { toBER(sizeOnly: boolean): ArrayBuffer };
}
interface Encoded {
  toBER(sizeOnly: boolean): ArrayBuffer;
}

const extension = (extnID: string, value: Encodes | Encoded, critical = false): Extension =>
  new Extension({
    extnID,
    critical,
    extnValue: ('toSchema' in value ? value.toSchema() : value).toBER(false),
  });

/** RFC 5280, 4.2.1.2: the hash of the public key. */
const keyId = ({ subjectPublicKeyInfo }: Certificate): OctetString => {
  const bits = Buffer.from(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
  return new OctetString({ valueHex: bufferOf(createHash('sha1').update(bits).digest()) });
};

/** RFC 5280, 4.2.1.6: 2 is a name, 7 an address as bytes. */
function generalName(host: string): GeneralName {
  if (isIP(host) === 0) return new GeneralName({ type: 2, value: host });
  return new GeneralName({ type: 7, value: new OctetString({ valueHex: addressBytes(host) }) });
}

function addressBytes(address: string): ArrayBuffer {
  if (isIP(address) === 4) return bufferOf(Uint8Array.from(address.split('.').map(Number)));
  // The URL parser writes an address out: zeros at most once as `::`, the rest as groups in hex.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return bufferOf(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const signingKey = (key: string): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', derOf(key), algorithm, false, ['sign']);

const pem = (certificate: Certificate): string =>
  armoured('CERTIFICATE', certificate.toSchema(true).toBER(false));

const keyPem = async (key: CryptoKey): Promise<string> =>
  armoured('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));

const armoured = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

const derOf = (text: string): ArrayBuffer =>
  bufferOf(Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64'));

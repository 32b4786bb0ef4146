import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { Fault } from '../../domain/fault.ts';

/** What a certificate says about itself. */
export interface CertificateFacts {
  /** The common name. */
  readonly name: string;
  readonly issuer: string;
  /** `DNS:…` and `IP Address:…`, separated by commas; undefined: none. */
  readonly hosts: string | undefined;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/**
 * Reads the certificates of a text in PEM, in their order.
 * @throws {Fault} `bad-setting` if one of them cannot be read
 */
export const readCertificates = (text: string): readonly CertificateFacts[] =>
  pemsOf(text).map((pem) => factsOf(parse(pem)));

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('bad-setting', `a certificate cannot be read: ${why}`, {
      cause,
      hint: 'remove the file; `rollcall access renew` makes a new one',
    });
  }
}

const pemsOf = (text: string): readonly string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    name: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    hosts: certificate.subjectAltName,
    from: Date.parse(certificate.validFrom),
    until: Date.parse(certificate.validTo),
  };
}

/**
 * Whether the first certificate of a text is for exactly these names and addresses.
 * @throws {Fault} `bad-setting` if it cannot be read
 */
export function isForHosts(text: string, hosts: readonly string[]): boolean {
  const [pem] = pemsOf(text);
  if (pem === undefined) return false;
  const certificate = parse(pem);
  const count = certificate.subjectAltName?.split(', ').length ?? 0;
  const isFor = (host: string) =>
    (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
  return count === new Set(hosts).size && hosts.every(isFor);
}

/** An empty subject is undefined, against its type. */
const commonName = (distinguished: string | undefined): string =>
  /^CN=(.*)$/m.exec(distinguished ?? '')?.[1] ?? '';

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Issued, Subject } from '../../adapters/certificates/issue.ts';
import {
  type CertificateFacts,
  isForHosts,
  readCertificates,
} from '../../adapters/certificates/read.ts';
import { readFolder, readOptionalText } from '../../adapters/files/read-text.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { Fault } from '../../domain/fault.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { days, hours, type Millis } from '../../domain/time.ts';
import { certificateFile, pairText } from './login-folder.ts';
import type { TlsState } from './tls-state.ts';

/** A certificate in the folder. */
export interface Listed extends CertificateFacts {
  readonly kind: 'authority' | 'server' | 'client';
}

/** An authority outlives the certificates that it signs. */
const authorityFor: Millis = days(3650);
const certificateFor: Millis = days(365);
/** Before its end, a certificate is replaced by any change of the set-up. */
export const renewWithin: Millis = days(30);
/** Clocks differ. */
const early: Millis = hours(1);

const validity = (duration: Millis) => {
  const now = systemClock.wall();
  return { from: now - early, until: now + duration };
};

/** Where the files of a server are. */
export const serverFolder = (folder: string, host: string): string =>
  join(folder, 'servers', encodeSubjectToken(host));

const authorityFiles = (folder: string, number: number) => ({
  certificate: join(folder, 'tls', `ca-${number}.pem`),
  key: join(folder, 'tls', `ca-${number}.key`),
});

/** Makes the authority with this number, unless it exists. */
export async function makeAuthority(folder: string, number: number): Promise<void> {
  const files = authorityFiles(folder, number);
  if (existsSync(files.key)) return;
  const { newAuthority } = await import('../../adapters/certificates/issue.ts');
  const day = new Date(systemClock.wall()).toISOString().slice(0, 10);
  const made = await newAuthority(`Rollcall CA ${number}, ${day}`, validity(authorityFor));
  await writeSecretFile(files.certificate, made.certificate);
  await writeSecretFile(files.key, made.key);
}

/** Deletes the secrets and the certificates of authorities that do not count any more. */
export async function removeOtherAuthorities(
  folder: string,
  { authorities }: TlsState,
): Promise<void> {
  const kept = authorities.flatMap((number) => Object.values(authorityFiles(folder, number)));
  for (const name of (await readFolder(join(folder, 'tls')))?.keys() ?? []) {
    const file = join(folder, 'tls', name);
    if (/^ca-\d+\.(pem|key)$/.test(name) && !kept.includes(file)) await rm(file, { force: true });
  }
}

/** The certificates of the authorities that count, in PEM. */
export async function trustedAuthorities(
  folder: string,
  { authorities }: TlsState,
): Promise<string> {
  const texts = authorities.map((number) => mustRead(authorityFiles(folder, number).certificate));
  return (await Promise.all(texts)).join('');
}

/** A certificate that the first authority signs. */
export async function issue(
  folder: string,
  { authorities: [signer = 1] }: TlsState,
  subject: Subject,
): Promise<Issued> {
  const { issueCertificate } = await import('../../adapters/certificates/issue.ts');
  const files = authorityFiles(folder, signer);
  const authority = {
    certificate: await mustRead(files.certificate),
    key: await mustRead(files.key),
  };
  return issueCertificate(authority, subject, validity(certificateFor));
}

/** Of a server: the private key and its certificate. A server that starts amid a renewal reads a pair that fits. */
const pairFile = 'key.pem';

/**
 * Writes the folder of each server: key with certificate, authorities, and a part of its configuration. All
 * certificates have the names of all servers: a client that learns the address of another server of the
 * cluster checks its certificate against the name of the first one.
 *
 * @param renew also replaces certificates that have the right names and are valid for long
 */
export async function writeServers(
  folder: string,
  tls: TlsState,
  { renew }: { readonly renew: boolean },
): Promise<void> {
  const hosts = [...new Set([...tls.servers, ...tls.names])];
  for (const host of tls.servers) {
    const own = serverFolder(folder, host);
    const text = (await readOptionalText(join(own, pairFile))) ?? '';
    if (renew || !isForHosts(text, hosts) || endsSoon(text)) {
      const issued = await issue(folder, tls, { name: host, hosts });
      await writeSecretFile(join(own, pairFile), pairText(issued));
      // A configuration of an earlier version names this file.
      await writeSecretFile(join(own, 'cert.pem'), issued.certificate);
    }
    await writeSecretFile(join(own, 'ca.pem'), await trustedAuthorities(folder, tls));
    await writeSecretFile(join(own, 'tls.conf'), configOf(tls.path ?? own, tls));
  }
}

/** Whether the first certificate of a text should be replaced. */
const endsSoon = (text: string): boolean =>
  (readCertificates(text)[0]?.until ?? 0) - systemClock.wall() < renewWithin;

const configOf = (path: string, { clients }: TlsState): string =>
  `# Made by \`rollcall access\`; changes are overwritten. For clients: include it in the configuration of
# nats-server. For a cluster: include it in the block cluster too.
tls {
${Object.entries({ cert: pairFile, key: pairFile, ca: 'ca.pem' })
  .map(([what, file]) => `  ${what}_file: ${JSON.stringify(join(path, file))}\n`)
  .join('')}${clients ? '  verify: true\n' : ''}  timeout: 5
}
`;

/** The certificates of authorities, servers and clients, as they are in the folder. */
export async function listCertificates(
  folder: string,
  { authorities, servers }: TlsState,
  logins: readonly string[],
): Promise<readonly Listed[]> {
  const files: readonly (readonly [Listed['kind'], string])[] = [
    ...authorities.map(
      (number) => ['authority', authorityFiles(folder, number).certificate] as const,
    ),
    ...servers.map((host) => ['server', join(serverFolder(folder, host), pairFile)] as const),
    ...logins.map((login) => ['client', join(login, certificateFile)] as const),
  ];
  const read = files.map(async ([kind, file]) =>
    readCertificates((await readOptionalText(file)) ?? '').map((facts) => ({ kind, ...facts })),
  );
  return (await Promise.all(read)).flat();
}

async function mustRead(file: string): Promise<string> {
  const text = await readOptionalText(file);
  if (text !== undefined) return text;
  throw new Fault('bad-setting', `${file} is missing`, {
    hint: 'restore the folder from its copy, or make a new authority: rollcall access renew --ca',
  });
}

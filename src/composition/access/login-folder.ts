import { rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Issued } from '../../adapters/certificates/issue.ts';
import type { ConfigFile } from '../../adapters/files/config-file.ts';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { inboxPrefixOf, type Member } from '../../adapters/nats/access/member.ts';
import { Fault } from '../../domain/fault.ts';

/** Settings of a login folder that name a file in it. */
const files: ReadonlySet<string> = new Set([
  ...['nkey', 'creds', 'password-file', 'tls-ca', 'tls-cert', 'tls-key'],
]);

const loginFile = 'login.yaml';
const secretFiles = { nkey: 'user.nk', creds: 'user.creds' } as const;
/** The private key of a login and its certificate, so that a reader never sees one without the other. */
export const certificateFile = 'client.key';

/**
 * The settings in a folder with a login. A file that they name is in that folder, so that the folder can be
 * copied to another machine.
 * @throws {Fault} `bad-setting`
 */
export async function readLogin(folder: string): Promise<ConfigFile> {
  if ((await readOptionalText(join(folder, loginFile))) === undefined) {
    throw new Fault('bad-setting', `--login: ${folder} is no login: it has no ${loginFile}`, {
      hint: 'name the folder of a login that `rollcall access add` has made; rollcall access list shows them',
    });
  }
  const { readConfigFile } = await import('../../adapters/files/config-file.ts');
  const { values, positionOf } = await readConfigFile(join(folder, loginFile));
  const resolved = Object.entries(values).map(([name, value]) => {
    const isInside = files.has(name) && typeof value === 'string' && !isAbsolute(value);
    return [name, isInside ? join(folder, value) : value];
  });
  return { values: Object.fromEntries(resolved), positionOf };
}

/** Where a member's login connects to. */
interface Destination {
  readonly servers: readonly string[];
  /** The CA that signed the certificates of the servers, in PEM; undefined: the usual ones. */
  readonly tlsCa?: string | undefined;
  /** `creds`: the accounts are those of an operator. Default `nkey`. */
  readonly way?: 'nkey' | 'creds';
  /** Whether the login has a certificate of its own, and a new one if it gets one. */
  readonly hasCertificate?: boolean;
  readonly certificate?: Issued | undefined;
}

/**
 * Writes the login of a member: its settings and its secret.
 * @param secret a key or credentials; undefined: those that exist stay
 * @throws {Fault} `bad-setting`
 */
export async function writeLogin(
  folder: string,
  member: Member,
  secret: string | undefined,
  { servers, tlsCa, hasCertificate, certificate, way = 'nkey' }: Destination,
): Promise<void> {
  const settings = {
    servers,
    namespace: member.namespace,
    [way]: secretFiles[way],
    'inbox-prefix': inboxPrefixOf(member),
    ...(member.role === 'agent' && { host: member.name, collect: false }),
    ...(tlsCa !== undefined && { 'tls-ca': 'ca.pem' }),
    ...(hasCertificate && { 'tls-cert': certificateFile, 'tls-key': certificateFile }),
  };
  const head = `# The login of ${member.role} ${JSON.stringify(member.name)}, made by \`rollcall access\`. Use it with --login.\n`;
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)}\n`,
  );
  if (secret !== undefined) {
    await writeSecretFile(join(folder, secretFiles[way]), `${secret.trimEnd()}\n`);
  }
  if (tlsCa !== undefined) await writeSecretFile(join(folder, 'ca.pem'), tlsCa);
  if (certificate !== undefined) {
    await writeSecretFile(join(folder, certificateFile), pairText(certificate));
  }
  await writeSecretFile(join(folder, loginFile), head + lines.join(''));
}

/** A private key and its certificate, as one file in PEM. */
export const pairText = ({ certificate, key }: Issued): string => key + certificate;

/** Whether a login has a certificate with its key. */
export async function hasPair(folder: string): Promise<boolean> {
  return ((await readOptionalText(join(folder, certificateFile))) ?? '').includes('CERTIFICATE');
}

export const removeLogin = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });

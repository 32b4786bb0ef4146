import { readFileSync } from 'node:fs';
import { credentialsExpiry } from '../../adapters/nats/login/credentials-expiry.ts';
import { Fault } from '../../domain/fault.ts';
import type { Namespace } from '../../domain/identity/names.ts';
import type { WallTime } from '../../domain/time.ts';
import { localLogin } from './local-login.ts';

/** A file of a login or a certificate that cannot be used now. It may be put in place later. */
export class UnusableFile extends Fault {}

/** Settings of the store: addresses, namespace and credentials. */
export interface AccessSettings {
  readonly servers: readonly string[];
  readonly namespace: Namespace;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly token?: string | undefined;
  readonly creds?: string | undefined;
  readonly nkey?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly replicas?: number | undefined;
  readonly jsDomain?: string | undefined;
  readonly inboxPrefix?: string | undefined;
  /** Folder with the logins of servers that this user runs on this machine. */
  readonly localLogins?: string | undefined;
}

/**
 * Converts settings into options of the client. The files that they name are read at each attempt to
 * connect, so that a login or a certificate may be replaced. Removes a login from an address, because the
 * client ignores it there and addresses are printed.
 * @throws {Fault} `bad-setting`
 */
export async function connectionOptions(settings: AccessSettings) {
  const { servers, login } = stripCredentials(settings.servers);
  const given = defined(settings);
  const isGiven = ways.some((way) => way in given);
  const credentials =
    (await credentialsOf(isGiven ? given : { ...login, ...given })) ??
    localLogin(servers, settings.localLogins);
  const tls = await tlsOf(settings);
  return {
    servers,
    namespace: settings.namespace,
    ...(settings.replicas !== undefined && { replicas: settings.replicas }),
    ...(settings.jsDomain !== undefined && { jsDomain: settings.jsDomain }),
    ...(settings.inboxPrefix !== undefined && { inboxPrefix: settings.inboxPrefix }),
    ...(credentials && { credentials }),
    ...(tls && { tls }),
  };
}

export type Access = Awaited<ReturnType<typeof connectionOptions>>;

/** When the credentials expire that the file has now; undefined: never, or the login has no such file. */
export function loginExpiry({ credentials }: Pick<Access, 'credentials'>): WallTime | undefined {
  return credentials && 'creds' in credentials ? credentialsExpiry(credentials.creds()) : undefined;
}

/**
 * Removes the login from addresses, so that they can be printed. Returns the first login: `user:password@`,
 * or a token alone, as in other NATS clients.
 */
export function stripCredentials(servers: readonly string[]): {
  readonly servers: readonly string[];
  readonly login: { readonly user?: string; readonly password?: string; readonly token?: string };
} {
  const found = servers.map((server) => /^((?:\w+:\/\/)?)(?:([^@]*)@)?(.+)$/.exec(server));
  const info = found.find((match) => match?.[2])?.[2] ?? '';
  const [, user = '', pass] = /^([^:]*)(?::(.*))?$/s.exec(info) ?? [];
  return {
    servers: found.map((match, n) => (match ? `${match[1]}${match[3]}` : (servers[n] ?? ''))),
    login: user
      ? pass === undefined
        ? { token: unescaped(user) }
        : { user: unescaped(user), password: unescaped(pass) }
      : {},
  };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const ways = ['user', 'token', 'creds', 'nkey'] as const;

async function credentialsOf(settings: Omit<AccessSettings, 'servers' | 'namespace'>) {
  const given = ways.filter((way) => settings[way] !== undefined);
  if (given.length > 1) {
    throw new Fault('bad-setting', `--${given.join(' and --')}: use only one way to log in`);
  }
  const { user, password, passwordFile, token, creds, nkey } = settings;
  if (password !== undefined && passwordFile !== undefined) {
    throw new Fault('bad-setting', '--password and --password-file: use only one of them');
  }
  if (user !== undefined) {
    const read = passwordFile === undefined ? undefined : reader('password-file', passwordFile);
    const pass = read === undefined ? password : () => read().trimEnd();
    return { user, ...(pass !== undefined && { pass }) };
  }
  if (token !== undefined) return { token };
  if (creds !== undefined) return { creds: reader('creds', creds, credsForm) };
  if (nkey !== undefined) return { nkeySeed: reader('nkey', nkey, seedForm) };
  const alone = password === undefined ? passwordFile && '--password-file' : '--password';
  if (!alone) return undefined;
  throw new Fault('bad-setting', `${alone} requires --user`);
}

async function tlsOf({ tlsCa, tlsCert, tlsKey }: AccessSettings) {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new Fault('bad-setting', '--tls-cert and --tls-key must be given together');
  }
  if (tlsCa === undefined && tlsCert === undefined) return undefined;
  // The client reads the files at each attempt to connect.
  return {
    ...(tlsCa !== undefined && { caFile: readable('tls-ca', tlsCa) }),
    ...(tlsCert !== undefined && { certFile: readable('tls-cert', tlsCert) }),
    ...(tlsKey !== undefined && { keyFile: readable('tls-key', tlsKey) }),
  };
}

/** What a file must contain. */
interface Form {
  readonly pattern: RegExp;
  readonly what: string;
}

const seedForm: Form = {
  pattern: /^\s*SU[A-Z2-7]{56}\s*$/,
  what: 'the seed of a user: SU and 56 letters or digits',
};
const credsForm: Form = {
  pattern: /-BEGIN NATS USER JWT-[\s\S]+-BEGIN USER NKEY SEED-/,
  what: 'a NATS credentials file: the JWT and the seed of a user',
};

/**
 * Reads a file each time. While it is being replaced and cannot be read, the last text is used.
 * @throws {Fault} `bad-setting` if it has another form now; it would be refused for ever
 */
function reader(name: string, file: string, { pattern, what }: Partial<Form> = {}): () => string {
  let last = textOf(name, file);
  if (pattern && !pattern.test(last)) {
    throw new UnusableFile('bad-setting', `--${name} '${file}': the file is not ${what}`);
  }
  return () => {
    try {
      const text = textOf(name, file);
      if (text !== '' && (pattern?.test(text) ?? true)) last = text;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
    }
    return last;
  };
}

/** The file's name. @throws {Fault} `bad-setting` if it cannot be read now */
function readable(name: string, file: string): string {
  textOf(name, file);
  return file;
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const other = cause instanceof Error ? cause.message : String(cause);
    const why = isMissing ? 'there is no such file' : other;
    throw new UnusableFile('bad-setting', `--${name} '${file}': ${why}`, { cause });
  }
}

/** Removes undefined settings, so that they do not overwrite those of an address. */
const defined = <T extends object>(settings: T): T =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;

import { readFile } from 'node:fs/promises';
import { Fault } from '../domain/fault.ts';
import type { Namespace } from '../domain/identity/names.ts';

/** Settings that say which store, and how one is let in. */
export interface AccessSettings {
  readonly servers: readonly string[];
  readonly namespace: Namespace;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly creds?: string | undefined;
  readonly nkey?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly replicas?: number | undefined;
}

/**
 * The settings as the client takes them: files read, and a login that stands in an address taken out
 * of it, because the client reads over it, and because addresses are printed.
 * @throws {Fault} `bad-setting`
 */
export async function connectionOptions(settings: AccessSettings) {
  const { servers, login } = stripCredentials(settings.servers);
  const credentials = await credentialsOf({ ...login, ...defined(settings) });
  const tls = await tlsOf(settings);
  return {
    servers,
    namespace: settings.namespace,
    ...(settings.replicas !== undefined && { replicas: settings.replicas }),
    ...(credentials && { credentials }),
    ...(tls && { tls }),
  };
}

export type Access = Awaited<ReturnType<typeof connectionOptions>>;

/** Addresses as they may be printed, and the login that stood in one of them. */
export function stripCredentials(servers: readonly string[]): {
  readonly servers: readonly string[];
  readonly login: { readonly user?: string; readonly password?: string };
} {
  const found = servers.map((server) => /^((?:\w+:\/\/)?)(?:([^@]*)@)?(.+)$/.exec(server));
  const info = found.find((match) => match?.[2])?.[2] ?? '';
  const [, user = '', pass] = /^([^:]*)(?::(.*))?$/s.exec(info) ?? [];
  return {
    servers: found.map((match, n) => (match ? `${match[1]}${match[3]}` : (servers[n] ?? ''))),
    login: user
      ? { user: unescaped(user), ...(pass !== undefined && { password: unescaped(pass) }) }
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
    throw new Fault('bad-setting', `--${given.join(' and --')}: one way to log in at a time`);
  }
  const { user, password, token, creds, nkey } = settings;
  if (user !== undefined) return { user, ...(password !== undefined && { pass: password }) };
  if (token !== undefined) return { token };
  if (creds !== undefined) return { creds: await textOf('creds', creds) };
  if (nkey !== undefined) return { nkeySeed: (await textOf('nkey', nkey)).trim() };
  if (password === undefined) return undefined;
  throw new Fault('bad-setting', '--password is of no use without --user');
}

async function tlsOf({ tlsCa, tlsCert, tlsKey }: AccessSettings) {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new Fault('bad-setting', '--tls-cert and --tls-key go together');
  }
  if (tlsCa === undefined && tlsCert === undefined) return undefined;
  return {
    ...(tlsCa !== undefined && { ca: await textOf('tls-ca', tlsCa) }),
    ...(tlsCert !== undefined && { cert: await textOf('tls-cert', tlsCert) }),
    ...(tlsKey !== undefined && { key: await textOf('tls-key', tlsKey) }),
  };
}

async function textOf(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('bad-setting', `--${name} '${file}': ${why}`, { cause });
  }
}

/** Without what was not said, so that it does not hide what was. */
const defined = <T extends object>(settings: T): T =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;

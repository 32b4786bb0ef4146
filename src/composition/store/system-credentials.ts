import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { AccessSettings } from './access.ts';

/**
 * The settings with the files that systemd passes to a unit (`LoadCredential=`, `ImportCredential=`), for
 * what is not set otherwise: `rollcall.creds` or `rollcall.nkey`, `rollcall.password` for a user,
 * `rollcall.tls-ca`, and `rollcall.tls-cert` with `rollcall.tls-key`.
 */
export function withSystemCredentials<S extends AccessSettings>(
  settings: S,
  { CREDENTIALS_DIRECTORY: directory }: Readonly<Record<string, string | undefined>>,
): S {
  if (directory === undefined || !isAbsolute(directory)) return settings;
  const fileOf = (name: string): string | undefined => {
    const file = join(directory, `rollcall.${name}`);
    return existsSync(file) ? file : undefined;
  };
  const { user, password, passwordFile, token, creds, nkey, servers } = settings;
  const hasLogin = [user, token, creds, nkey].some((one) => one !== undefined);
  const isInAddress = servers.some((server) => server.includes('@'));
  const found = {
    ...(!hasLogin && !isInAddress && { creds: fileOf('creds') }),
    ...(user !== undefined && !password && !passwordFile && { passwordFile: fileOf('password') }),
    ...(settings.tlsCa === undefined && { tlsCa: fileOf('tls-ca') }),
    ...(settings.tlsCert === undefined &&
      settings.tlsKey === undefined && {
        tlsCert: fileOf('tls-cert'),
        tlsKey: fileOf('tls-key'),
      }),
  };
  const mayUseNkey = 'creds' in found && found.creds === undefined;
  return { ...settings, ...found, ...(mayUseNkey && { nkey: fileOf('nkey') }) };
}

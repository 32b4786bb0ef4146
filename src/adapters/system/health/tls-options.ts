import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { CheckTls } from '../../../domain/records/health-check.ts';

/** The options of a TLS connection. The file is read again at each check, so that it may be replaced. */
export async function tlsOptions(
  tls: CheckTls | undefined,
): Promise<Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'servername'>> {
  const { verify = true, ca, serverName } = tls ?? {};
  return {
    rejectUnauthorized: verify,
    ...(ca !== undefined && { ca: await readFile(ca) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

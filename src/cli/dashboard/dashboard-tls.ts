import { createSecureContext } from 'node:tls';
import { readText } from '../../composition/files.ts';
import { Fault } from '../../domain/fault.ts';

interface TlsSettings {
  readonly dashboardTlsCert?: string | undefined;
  readonly dashboardTlsKey?: string | undefined;
}

/**
 * Certificate and key of the dashboard; undefined: it speaks plain HTTP.
 * @throws {Fault} `bad-setting` if only one is given, or they cannot be used
 */
export async function dashboardTls({ dashboardTlsCert: cert, dashboardTlsKey: key }: TlsSettings) {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new Fault('bad-setting', 'a certificate needs its key, and a key its certificate', {
      hint: 'give both --dashboard-tls-cert and --dashboard-tls-key',
    });
  }
  const pair = {
    cert: await readText(cert, 'bad-setting'),
    key: await readText(key, 'bad-setting'),
  };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new Fault('bad-setting', `${cert} and ${key} cannot be used for TLS: ${String(cause)}`, {
      cause,
      hint: 'give a certificate and its private key without a passphrase, both in PEM',
    });
  }
  return pair;
}

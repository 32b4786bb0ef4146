import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import type { Millis } from '../../domain/time.ts';
import { type CertificateFacts, readCertificates } from './read.ts';

/**
 * The certificate that a NATS server shows; undefined if it has no TLS. Nothing is sent to the server, so the
 * certificate need not be valid.
 *
 * The protocol begins in clear text: the server sends `INFO {…}`, and then both begin TLS.
 * @throws {Error} if the server does not answer within the time
 */
export async function peerCertificate(
  { host, port }: { readonly host: string; readonly port: number },
  within: Millis,
): Promise<CertificateFacts | undefined> {
  const signal = AbortSignal.timeout(within);
  const socket = connectPlain({ host, port, signal });
  try {
    const info = String((await once(socket, 'data', { signal }))[0]);
    if (!/"tls_(required|available)":true/.test(info)) return undefined;
    const secure = connect({ socket, rejectUnauthorized: false });
    secure.on('error', () => {});
    await once(secure, 'secureConnect', { signal });
    const shown = secure.getPeerX509Certificate();
    secure.destroy();
    return shown === undefined ? undefined : readCertificates(shown.toString())[0];
  } finally {
    socket.destroy();
  }
}

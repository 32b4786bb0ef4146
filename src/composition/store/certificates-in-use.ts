import { peerCertificate } from '../../adapters/certificates/peer.ts';
import { readCertificates } from '../../adapters/certificates/read.ts';
import { readText } from '../../adapters/files/read-text.ts';
import { seconds } from '../../domain/time.ts';
import type { Access } from './access.ts';

/** A certificate that a connection depends on. */
interface InUse {
  readonly of: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * The certificates that a connection depends on: that of the server, and those in the files of the login.
 * @param server `HOST:PORT` of the server that is in use
 */
export async function certificatesInUse(
  server: string,
  { tls }: Pick<Access, 'tls'>,
): Promise<readonly InUse[]> {
  const { hostname, port } = new URL(`nats://${server.replace(/^\w+:\/\//, '')}`);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 4222) };
  const shown = await peerCertificate(address, seconds(3)).catch(() => undefined);
  const files = [
    ['the authority in --tls-ca', tls?.caFile],
    ['the client in --tls-cert', tls?.certFile],
  ] as const;
  const read = files.map(async ([of, file]) => {
    const certificates =
      file === undefined ? [] : readCertificates(await readText(file, 'bad-setting'));
    return certificates.map(({ name, until }) => ({ of: `${of} '${name}'`, until }));
  });
  return [
    ...(shown ? [{ of: `the server ${server}`, until: shown.until }] : []),
    ...(await Promise.all(read)).flat(),
  ];
}

import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Checks whom the certificate of a server names. The client gives a host name to TLS, and no address: Node
 * would then check the certificate against `localhost`, which it invents. So a certificate must name one of the
 * addresses that were asked for.
 */
export function identityCheck(
  servers: readonly string[],
): (host: string, certificate: PeerCertificate) => Error | undefined {
  const hosts = servers.map(
    (server) => /^(?:\w+:\/\/)?\[?([^\]]*?)\]?(?::\d+)?$/.exec(server)?.[1] ?? server,
  );
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (host, certificate) => {
    if (host !== 'localhost' || hosts.includes(host)) return checkServerIdentity(host, certificate);
    const wrongs = addresses.map((address) => checkServerIdentity(address, certificate));
    return wrongs.includes(undefined) ? undefined : wrongs[0];
  };
}

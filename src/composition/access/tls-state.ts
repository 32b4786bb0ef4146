import { isIP } from 'node:net';
import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';

/** The certificates of an access set-up. Their private keys are in files. */
export const TlsState = z.object({
  /** Host names or addresses of the servers: each has a folder. */
  servers: z.array(z.string()).min(1),
  /** Further names and addresses, in the certificates of all servers. */
  names: z.array(z.string()),
  /** Whether each login has a certificate, without which the servers accept no connection. */
  clients: z.boolean(),
  /** Where the files of a server are on its machine; undefined: where they are written. */
  path: z.string().optional(),
  /** Numbers of the authorities that count. The first one signs. */
  authorities: z.array(z.int().positive()).min(1).max(2),
});
export type TlsState = z.infer<typeof TlsState>;

/** What `rollcall access init --tls` asks for. */
export interface NewTls {
  readonly names: readonly string[];
  readonly clients: boolean;
  readonly path?: string | undefined;
}

/** The certificates for these servers. Without new settings, those that exist stay. */
export function mergeTls(
  existing: TlsState | undefined,
  { servers, tls }: { readonly servers: readonly string[]; readonly tls?: NewTls | undefined },
): TlsState | undefined {
  const wanted = tls ?? existing;
  if (wanted === undefined) return undefined;
  return {
    servers: [...new Set(servers.map(hostOf))],
    names: [...wanted.names],
    clients: wanted.clients,
    ...(wanted.path !== undefined && { path: wanted.path }),
    authorities: existing?.authorities ?? [1],
  };
}

/** The address, so that it is never used without TLS. */
export const withTls = (server: string): string => `tls://${server.replace(/^\w+:\/\//, '')}`;

/** The name or the address in `nats://HOST:PORT`. @throws {Fault} `bad-setting` */
function hostOf(server: string): string {
  const [, bracketed, plain] =
    /^(?:\w+:\/\/)?(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(server) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && isHost(host)) return host;
  throw new Fault('bad-setting', `'${server}' has no host name or address for a certificate`, {
    hint: 'for example: --servers tls://nats-1.example:4222',
  });
}

/** Whether a certificate can have this name or address. */
export const isHost = (text: string): boolean =>
  isIP(text) !== 0 ||
  /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*$/.test(text);

/**
 * - `authority`: a second authority counts; the former still signs.
 * - `certificates`: the newest authority signs, and all certificates are replaced.
 * - `finish`: only the newest authority counts.
 */
export type RenewalStep = 'authority' | 'certificates' | 'finish';

/** The state after a step. In between, all processes have time to get the files. @throws {Fault} `bad-setting` */
export function afterStep(tls: TlsState, step: RenewalStep): TlsState {
  const [signer = 1, other] = tls.authorities;
  switch (step) {
    case 'authority':
      if (other === undefined) return { ...tls, authorities: [signer, signer + 1] };
      throw new Fault('bad-setting', 'two certificate authorities are already valid', {
        hint: 'replace the certificates with `rollcall access renew`, copy them to the machines, then end the previous authority with `rollcall access renew --finish-ca`',
      });
    case 'certificates':
      return { ...tls, authorities: tls.authorities.toSorted((a, b) => b - a) };
    case 'finish':
      if (other === undefined || other < signer) return { ...tls, authorities: [signer] };
      throw new Fault(
        'bad-setting',
        'the new certificate authority has not signed the certificates yet',
        {
          hint: 'first replace all certificates with `rollcall access renew`, and copy them to the machines',
        },
      );
    default:
      return step satisfies never;
  }
}

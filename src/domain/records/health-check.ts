import { type Millis, seconds } from '../time.ts';

/** TLS settings of a check. */
export interface CheckTls {
  /** Whether the certificate is verified; true by default. */
  readonly verify?: boolean | undefined;
  /** File with the certificates of the accepted authorities, PEM; read at each check. */
  readonly ca?: string | undefined;
  /** Name in the certificate and for SNI, if it differs from the host. */
  readonly serverName?: string | undefined;
}

/** An HTTP request. A login in the URL is sent as basic authentication. */
export interface HttpProbe {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: CheckTls | undefined;
}

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** A datagram. Without `expectReply`, it passes unless the host reports the port as closed. */
export interface UdpProbe extends SocketAddress {
  readonly send?: string | undefined;
  readonly expectReply?: boolean | undefined;
}

/** A call of `grpc.health.v1.Health/Check`. */
export interface GrpcProbe extends SocketAddress {
  /** The service that is asked about; the whole server by default. */
  readonly service?: string | undefined;
  /** Settings of TLS; without them the connection is not encrypted. */
  readonly tls?: CheckTls | undefined;
}

/** A periodic health check of an instance. */
export type HealthCheck = (
  | { readonly http: HttpProbe }
  /** Passes if one of the addresses accepts a connection. */
  | { readonly tcp: SocketAddress | readonly SocketAddress[] }
  /** The path of a socket that accepts connections. */
  | { readonly unix: string }
  | { readonly udp: UdpProbe }
  | { readonly grpc: GrpcProbe }
  /** The command and its arguments; no shell. */
  | { readonly exec: readonly string[] }
) & {
  /** From the start of one check to the start of the next. A longer check delays the next. */
  readonly every: Millis;
  readonly timeout: Millis;
  /** Failures in a row after which the instance is `failing`. */
  readonly failAfter: number;
  /** Successes in a row after which a failing instance is `serving`. */
  readonly passAfter: number;
  /** Failures in this time after the first check do not count, until one check has passed. */
  readonly startPeriod: Millis;
  /** The state of the instance until a check has passed. */
  readonly initial: 'failing' | 'serving';
};

/** What a check has that does not say otherwise. */
export const defaultCheck = {
  every: seconds(10),
  timeout: seconds(5),
  failAfter: 3,
  passAfter: 1,
  startPeriod: 0,
  initial: 'failing',
} as const satisfies Partial<HealthCheck>;

import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Millis, seconds } from '../../domain/time.ts';

export interface ServerLimits {
  readonly maxConnections: number;
  /** In bytes. */
  readonly maxHeaderSize: number;
  readonly keepAliveTimeout: Millis;
}

/** A certificate with its chain, and its private key, in PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

/** An HTTP server, with `tls` an HTTPS server, that limits slow clients and large headers, and answers malformed requests with 400. */
export function createLimitedServer(
  { maxConnections, ...limits }: ServerLimits,
  tls?: ServerTls,
): Server {
  const options = {
    ...limits,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    connectionsCheckingInterval: seconds(5),
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: seconds(10) })
    : createServer(options);
  server.maxConnections = maxConnections;
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    // After a stall an honest request may be late. A browser sends it again after a 408, not after a 400.
    const status = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    else socket.destroy();
  });
  return server;
}

/** Closes a server and all its connections: a response that stays open would block `close`. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

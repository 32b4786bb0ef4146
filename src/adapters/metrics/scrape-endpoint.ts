import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@prometheus-io/client';
import { Fault } from '../../domain/fault.ts';

/** The address to listen on; port 0 picks a free port. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves `GET /metrics` and nothing else. There is no authentication: the text has no secrets, but names
 * of zones.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function serveMetrics(
  registry: Registry,
  address: ListenAt,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(requestHandler(registry));
  await listen(server, address);
  return {
    url: metricsUrl(server.address() as AddressInfo),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // a scraper's open connection would delay the close
      await closed;
    },
  };
}

export const metricsUrl = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`;

const requestHandler =
  (registry: Registry): RequestListener =>
  async ({ method, url = '' }, response) => {
    if (url.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end('not found: the only path is /metrics\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    }
  };

async function listen(server: Server, { host, port }: ListenAt): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw faultOf(cause as NodeJS.ErrnoException, { host, port });
  }
}

function faultOf(cause: NodeJS.ErrnoException, { host, port }: ListenAt): Fault {
  if (cause.code === 'EADDRINUSE') {
    return new Fault(
      'port-taken',
      `port ${port} of ${host} (--metrics) is already in use by another program`,
      {
        cause,
        hint: 'choose another port with --metrics, or 0 for any free port',
      },
    );
  }
  return new Fault(
    'bad-setting',
    `--metrics cannot listen on port ${port} of ${host}: ${cause.message}`,
    {
      cause,
      hint: 'use an address of this machine, and a port that this user may open',
    },
  );
}

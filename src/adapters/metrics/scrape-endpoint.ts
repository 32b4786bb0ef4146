import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@prometheus-io/client';
import { Fault } from '../../domain/fault.ts';

/** Where to listen; port 0 is any free one. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/**
 * Answers `GET /metrics` with the registry's text, and nothing else. Whoever reaches the address reads
 * them: no secret is in there, but names of zones are.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function serveMetrics(
  registry: Registry,
  at: ListenAt,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(answering(registry));
  await listening(server, at);
  return {
    url: metricsUrl(server.address() as AddressInfo),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // a scraper keeps its connection, and would keep us
      await closed;
    },
  };
}

export const metricsUrl = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`;

const answering =
  (registry: Registry): RequestListener =>
  async ({ method, url = '' }, response) => {
    if (url.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end('there is only /metrics\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    }
  };

async function listening(server: Server, { host, port }: ListenAt): Promise<void> {
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
      `port ${port} of ${host}, for metrics, is taken by another program`,
      {
        cause,
        hint: 'give --metrics another port, or 0 for any free one',
      },
    );
  }
  return new Fault(
    'bad-setting',
    `--metrics cannot listen on port ${port} of ${host}: ${cause.message}`,
    {
      cause,
      hint: 'name an address of this machine, and a port that this user may open',
    },
  );
}

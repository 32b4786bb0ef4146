import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@prometheus-io/client';
import { closeServer } from '../http-server/http-server.ts';
import { httpUrl, listen } from '../http-server/listen.ts';

/** The address to listen on; port 0 picks a free port. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves `GET /metrics` and `GET /healthz`. The latter answers `ok` as long as the process answers: whether the
 * store is reachable is not its question, since a restart of this process would not repair the store. There is no authentication: the text has no secrets, but names
 * of zones.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function serveMetrics(
  registry: Registry,
  address: ListenAt,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(requestHandler(registry));
  await listen(server, address, '--metrics');
  return {
    url: metricsUrl(server.address() as AddressInfo),
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

const metricsUrl = ({ address, port }: AddressInfo): string => `${httpUrl(address, port)}/metrics`;

const requestHandler =
  (registry: Registry): RequestListener =>
  async ({ method, url = '' }, response) => {
    const [path] = url.split('?', 1);
    if (path !== '/metrics' && path !== '/healthz') {
      response.writeHead(404).end('not found: the paths are /metrics and /healthz\n');
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    } else {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    }
  };

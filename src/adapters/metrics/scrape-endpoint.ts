import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@prometheus-io/client';
import { closeServer } from '../http-server/http-server.ts';
import { httpUrl, listen } from '../http-server/listen.ts';
import type { Readiness } from './readiness.ts';

/** The address to listen on; port 0 picks a free port. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves `GET /metrics`, `GET /healthz` and `GET /readyz`. `/healthz` answers `ok` as long as the process answers:
 * whether the store is reachable is not its question, since a restart of this process would not repair the store.
 * `/readyz` answers 503 with a line for each obstacle until the process does what it was started for, and names what is
 * wrong although it does. There is no authentication: the text has no secrets, but names of zones and files and the
 * address of the store.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function serveMetrics(
  registry: Registry,
  address: ListenAt,
  readiness: Pick<Readiness, 'obstacles' | 'warnings'>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(requestHandler(registry, readiness));
  await listen(server, address, '--metrics');
  return {
    url: metricsUrl(server.address() as AddressInfo),
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

const metricsUrl = ({ address, port }: AddressInfo): string => `${httpUrl(address, port)}/metrics`;

const paths: readonly string[] = ['/metrics', '/healthz', '/readyz'];

const requestHandler =
  (registry: Registry, readiness: Pick<Readiness, 'obstacles' | 'warnings'>): RequestListener =>
  async ({ method, url = '' }, response) => {
    const [path] = url.split('?', 1);
    if (!paths.includes(path ?? '')) {
      response.writeHead(404).end(`not found: the paths are ${paths.join(', ')}\n`);
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    } else if (path === '/readyz') {
      const { obstacles, warnings } = readiness;
      const isReady = obstacles.length === 0;
      const lines = [
        ...(isReady ? ['ok'] : obstacles.map((why) => `not ready: ${why}`)),
        ...warnings.map((what) => `warning: ${what}`),
      ];
      const text = `${lines.join('\n')}\n`;
      response.writeHead(isReady ? 200 : 503, { 'content-type': 'text/plain' }).end(text);
    } else {
      try {
        const text = await registry.metrics();
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      } catch (cause) {
        // As an unhandled rejection it would end the agent that is measured.
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`${cause}\n`);
      }
    }
  };

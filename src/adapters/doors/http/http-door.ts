import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { Fault } from '../../../domain/fault.ts';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { type Access, checkAccess } from './access.ts';
import { ApiError } from './api-error.ts';
import { ChangeWaiters } from './change-waiters.ts';
import { queriesWith } from './queries.ts';
import { type Answer, type Api, route } from './routes.ts';

export interface HttpDoorOptions extends Access {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly view: ServiceView;
  readonly policy: PickPolicy;
  /** Parses durations such as `30s`. */
  readonly duration: z.ZodType<Millis>;
  /** Differs in each process. */
  readonly boot: string;
}

type DoorPorts = Pick<Ports, 'clock' | 'entropy' | 'log' | 'metrics'>;

const longestUrl = 16 * 1024;
const mostWaiting = 1000;

/**
 * Answers HTTP requests about services until it is disposed of.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function openHttpDoor(
  options: HttpDoorOptions,
  ports: DoorPorts,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const { view, policy, duration, boot, host, port } = options;
  const api: Api = {
    ...{ view, policy, boot, queries: queriesWith(duration) },
    waiters: new ChangeWaiters(view, ports.clock, mostWaiting),
    fraction: ports.entropy.fraction,
  };
  const server = createServer({
    maxHeaderSize: 32 * 1024,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    connectionsCheckingInterval: seconds(5),
    keepAliveTimeout: seconds(30),
  });
  server.maxConnections = mostWaiting + 500;
  server.on('request', (request, response) => {
    void respond(api, options, ports, request, response);
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  await listening(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // requests that wait hold theirs open
      await closed;
    },
  };
}

async function respond(
  api: Api,
  access: Access,
  { log, metrics }: DoorPorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.on('error', () => response.destroy());
  const { method = '', url = '' } = request;
  try {
    checkAccess(request, access);
    if (url.length > longestUrl) {
      throw new ApiError('too-long', `the address must have at most ${longestUrl} characters`);
    }
    if (method !== 'GET' && method !== 'HEAD') throw new ApiError('wrong-method', 'use GET');
    const answer = await route(api, { request, response, signal: gone.signal });
    metrics.doorAnswered?.('http', 'ok');
    if (answer !== 'held' && !gone.signal.aborted) send(api.view, request, response, answer);
  } catch (cause) {
    const error = cause instanceof ApiError ? cause : unforeseen;
    if (error === unforeseen) log.warn('http-request-failed', { why: String(cause) });
    metrics.doorAnswered?.('http', error.code);
    sendError(api.view, response, error);
  }
}

const unforeseen = new ApiError(
  'bug',
  'the server failed unexpectedly',
  'the log of the server has the details',
);

function send(
  view: ServiceView,
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, index }: Exclude<Answer, 'held'>,
): void {
  const tag = `W/"${index}"`;
  const headers = {
    ...headersOf(view),
    ...(index !== undefined && { 'x-rollcall-index': index, etag: tag }),
  };
  if (index !== undefined && request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const text = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, { ...headers, ...lengthOf(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function sendError(view: ServiceView, response: ServerResponse, error: ApiError): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { code, message, hint = null, status } = error;
  const text = Buffer.from(`${JSON.stringify({ error: code, message, hint })}\n`);
  const headers: Record<string, string | number> = {
    ...headersOf(view),
    ...lengthOf(text),
    ...(status === 503 && { 'retry-after': 1 }),
    ...(status === 405 && { allow: 'GET, HEAD' }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status >= 400 && status !== 404 && status < 500 && { connection: 'close' }),
  };
  response.writeHead(status, headers).end(text);
}

const headersOf = ({ status: { age, observed } }: ServiceView) => ({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-rollcall-age-ms': Math.round(age),
  'x-rollcall-observed': String(observed),
});

const lengthOf = (text: Buffer) => ({
  'content-type': 'application/json',
  'content-length': text.length,
});

async function listening(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Fault('port-taken', `port ${port} of ${host} (--http) is already in use`, {
        cause,
        hint: 'choose another port with --http, or 0 for any free port',
      });
    }
    throw new Fault('bad-setting', `--http cannot listen on port ${port} of ${host}: ${message}`, {
      cause,
      hint: 'use an address of this machine, and a port that this user may open',
    });
  }
  server.off('error', reject);
}

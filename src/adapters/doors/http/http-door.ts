import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { ApiError } from '../../http-server/api-error.ts';
import { closeServer, createLimitedServer } from '../../http-server/http-server.ts';
import { httpUrl, listen } from '../../http-server/listen.ts';
import { type Access, checkAccess } from './access.ts';
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
  const server = createLimitedServer({
    maxConnections: mostWaiting + 500,
    maxHeaderSize: 32 * 1024,
    keepAliveTimeout: seconds(30),
  });
  server.on('request', (request, response) => {
    void respond(api, options, ports, request, response);
  });
  await listen(server, { host, port }, '--http');
  const address = server.address() as AddressInfo;
  return {
    url: httpUrl(host, address.port),
    [Symbol.asyncDispose]: () => closeServer(server),
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

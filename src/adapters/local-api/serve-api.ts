import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../domain/fault.ts';
import { seconds } from '../../domain/time.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { checkToken } from '../http-server/access.ts';
import { ApiError } from '../http-server/api-error.ts';
import { closeServer, createLimitedServer } from '../http-server/http-server.ts';
import type { ListenAddress } from '../http-server/listen.ts';
import { openAddress } from './open-address.ts';
import { refuseWebPages } from './request.ts';
import { type Answer, type Api, route } from './routes.ts';

export interface ServeApiOptions extends Api {
  readonly address: ListenAddress;
  /** The token that requests must have; undefined: none. */
  readonly token: string | undefined;
  readonly log: Log;
  /** Counts the answers, by their outcome. */
  readonly metrics?: Pick<Metrics, 'doorAnswered'>;
}

/** Each attached process has a connection, and a program may have some more. */
const mostConnections = 12_000;

/**
 * Serves the local API until it is disposed of.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function serveApi(
  options: ServeApiOptions,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createLimitedServer({
    maxConnections: mostConnections,
    maxHeaderSize: 16 * 1024,
    keepAliveTimeout: seconds(30),
  });
  server.on('request', (request, response) => {
    void respond(options, request, response);
  });
  const url = await openAddress(server, options.address);
  return { url, [Symbol.asyncDispose]: () => closeServer(server) };
}

async function respond(
  options: ServeApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => response.destroy());
  try {
    refuseWebPages(request);
    checkToken(request.headers, options.token);
    send(request, response, await route(options, request, response));
    options.metrics?.doorAnswered?.('api', 'ok');
  } catch (cause) {
    const error = toApiError(cause);
    options.metrics?.doorAnswered?.('api', error.code);
    sendError(response, cause, error, options.log);
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer === 'held') return;
  if (answer.body === undefined) return void response.writeHead(answer.status).end();
  const text = Buffer.from(`${JSON.stringify(answer.body)}\n`);
  response.writeHead(answer.status, headersOf(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

function sendError(response: ServerResponse, cause: unknown, error: ApiError, log: Log): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (error.code === 'bug') log.warn('api-request-failed', { why: String(cause) });
  const { code, message, hint = null, status } = error;
  const text = Buffer.from(`${JSON.stringify({ error: code, message, hint })}\n`);
  // The rest of a body that was refused is not read.
  response.writeHead(status, { ...headersOf(text), connection: 'close' }).end(text);
}

/** A name that is valid but too long for a key is noticed only when it is used. */
function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof Fault && cause.code === 'bad-name') {
    return new ApiError('bad-request', cause.message);
  }
  return new ApiError(
    'bug',
    'the agent failed unexpectedly',
    'the log of the agent has the reason',
  );
}

const headersOf = (text: Buffer) => ({
  'content-type': 'application/json',
  'content-length': text.length,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Fault } from '../../domain/fault.ts';
import { seconds } from '../../domain/time.ts';
import type { Log } from '../../ports/log.ts';
import { ApiError, statuses } from './api-error.ts';
import { type ApiAddress, listen } from './listen.ts';
import { checkToken, refuseWebPages } from './request.ts';
import { type Answer, type Api, route } from './routes.ts';

export interface ServeApiOptions extends Api {
  readonly address: ApiAddress;
  /** The token that requests must have; undefined: none. */
  readonly token: string | undefined;
  readonly log: Log;
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
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    connectionsCheckingInterval: seconds(5),
    keepAliveTimeout: seconds(30),
  });
  server.maxConnections = mostConnections;
  server.on('request', (request, response) => {
    void respond(options, request, response);
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  const url = await listen(server, options.address);
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // attached processes hold theirs open
      await closed;
    },
  };
}

async function respond(
  options: ServeApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => response.destroy());
  try {
    refuseWebPages(request);
    checkToken(request, options.token);
    send(request, response, await route(options, request, response));
  } catch (cause) {
    sendError(response, cause, options.log);
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer === 'held') return;
  if (answer.body === undefined) return void response.writeHead(answer.status).end();
  const text = Buffer.from(`${JSON.stringify(answer.body)}\n`);
  response.writeHead(answer.status, headersOf(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

function sendError(response: ServerResponse, cause: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const error = toApiError(cause);
  if (error.code === 'bug') log.warn('api-request-failed', { why: String(cause) });
  const { code, message, hint = null } = error;
  const text = Buffer.from(`${JSON.stringify({ error: code, message, hint })}\n`);
  // The rest of a body that was refused is not read.
  response.writeHead(statuses[code], { ...headersOf(text), connection: 'close' }).end(text);
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

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../../domain/fault.ts';
import { minutes, seconds } from '../../domain/time.ts';
import type { Log } from '../../ports/log.ts';
import type { Assets } from './http/assets.ts';
import { type AuthPolicy, checkHost, checkOrigin, isAuthorized } from './http/auth.ts';
import { HttpError, toErrorResponse } from './http/http-error.ts';
import { isLogin, logIn, sendLogin } from './http/login.ts';
import { sendFault } from './http/respond.ts';
import { type Api, handleApiRequest } from './routes.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Names that the Host header may have, in addition to addresses. */
  readonly names: readonly string[];
  readonly token: string | undefined;
  readonly assets: Assets;
  /** By the path before `api/`: '' and, if there is a sample, `sample/`. */
  readonly apis: Readonly<Record<string, () => Promise<Api>>>;
  readonly log: Log;
}

const longestUrl = 16 * 1024;

/**
 * Serves the dashboard until it is disposed of.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function startHttpServer(
  serving: HttpServerOptions,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer({
    maxHeaderSize: 32 * 1024,
    headersTimeout: seconds(10),
    requestTimeout: seconds(30),
    connectionsCheckingInterval: seconds(5),
    keepAliveTimeout: seconds(15),
  });
  server.maxConnections = 512;
  server.setTimeout(minutes(2));
  const { host } = serving;
  await listening(server, serving);
  const { port } = server.address() as AddressInfo;
  const policy: AuthPolicy = {
    names: serving.names.map((name) => name.toLowerCase()),
    token: serving.token,
    secret: randomBytes(32).toString('hex'),
    // Cookies ignore the port: two dashboards on one machine need different names.
    cookie: `rollcall_${port}`,
  };
  server.on('request', (request, response) => {
    void respond(serving, policy, request, response);
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections(); // the open event streams would block `close`
      await closed;
    },
  };
}

async function respond(
  serving: HttpServerOptions,
  policy: AuthPolicy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.on('error', () => gone.abort());
  try {
    await route(serving, policy, request, response, gone.signal);
  } catch (cause) {
    if (gone.signal.aborted) return;
    const foreseen = toErrorResponse(cause);
    if (!foreseen) serving.log.warn('dashboard-request-failed', { why: String(cause) });
    const { status, fault } = foreseen ?? unforeseen;
    sendFault(response, status, fault);
  }
}

const unforeseen = {
  status: 500,
  fault: {
    code: 'bug',
    message: 'the server failed unexpectedly',
    hint: 'the server log has the details',
  },
};

async function route(
  { assets, apis }: HttpServerOptions,
  policy: AuthPolicy,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { method = '', url = '' } = request;
  checkHost(request, policy);
  if (url.length > longestUrl)
    throw new HttpError('too-long', `the address must have at most ${longestUrl} characters`);
  if (!['GET', 'HEAD', 'POST'].includes(method))
    throw new HttpError('wrong-method', 'use GET or POST');
  const [path = '', search = ''] = url.split(/\?(.*)/s, 2);
  const query = new URLSearchParams(search);
  if (policy.token !== undefined && isLogin(path, query)) {
    if (method === 'POST') checkOrigin(request, true);
    return logIn(request, response, policy, query);
  }
  const [, prefix, name] = /^\/((?:[a-z]+\/)?)api\/(.*)$/s.exec(path) ?? [];
  if (prefix !== undefined && name !== undefined) {
    if (!isAuthorized(request, policy))
      throw new HttpError('unauthorised', 'a token is needed here');
    checkOrigin(request, method === 'POST');
    const open = Object.hasOwn(apis, prefix) ? apis[prefix] : undefined;
    if (!open) throw new HttpError('not-found', 'the server has no such path');
    return handleApiRequest(await open(), name, { request, response, query, signal });
  }
  if (method === 'POST') throw new HttpError('wrong-method', 'pages are read-only: use GET');
  if (!isAuthorized(request, policy)) {
    if (path === '/') return sendLogin(response, 200);
    throw new HttpError('unauthorised', 'a token is needed here');
  }
  if (path === '/') return assets.send(request, response, 'index.html');
  const [, file] = /^\/assets\/([\w.-]+)$/.exec(path) ?? [];
  if (file === undefined) throw new HttpError('not-found', 'the server has no such path');
  return assets.send(request, response, file);
}

async function listening(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const address = `port ${port} of ${host}, for the dashboard,`;
    if (code === 'EADDRINUSE') {
      const hint = 'choose another port, or 0 for any free port';
      throw new Fault('port-taken', `${address} is taken by another program`, { cause, hint });
    }
    throw new Fault('bad-setting', `${address} cannot be opened: ${message}`, { cause });
  }
  server.off('error', reject);
}

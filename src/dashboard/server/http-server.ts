import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHost } from '../../adapters/http-server/access.ts';
import { ApiError } from '../../adapters/http-server/api-error.ts';
import {
  closeServer,
  createLimitedServer,
  type ServerTls,
} from '../../adapters/http-server/http-server.ts';
import { httpUrl, listen } from '../../adapters/http-server/listen.ts';
import { minutes, seconds } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Assets } from './http/assets.ts';
import {
  type AuthPolicy,
  checkOrigin,
  isLong,
  needsToken,
  roleOf,
  type Tokens,
} from './http/auth.ts';
import { toErrorResponse } from './http/error-response.ts';
import { isLogin, logIn, sendLogin } from './http/login.ts';
import { sendFault } from './http/respond.ts';
import { TokenTries } from './http/token-tries.ts';
import { type Api, handleApiRequest } from './routes.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The setting of the port, which errors name. */
  readonly flag: string;
  /** Names that the Host header may have, in addition to addresses. */
  readonly names: readonly string[];
  readonly tokens: Tokens;
  /** Undefined: plain HTTP. */
  readonly tls: ServerTls | undefined;
  readonly assets: Assets;
  /** By the path before `api/`: '' and, if there is a sample, `sample/`. */
  readonly apis: Readonly<Record<string, () => Promise<Api>>>;
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const longestUrl = 16 * 1024;

/**
 * Serves the dashboard until it is disposed of.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function startHttpServer(
  serving: HttpServerOptions,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const limits = {
    maxConnections: 512,
    maxHeaderSize: 32 * 1024,
    keepAliveTimeout: seconds(15),
  };
  const server = createLimitedServer(limits, serving.tls);
  server.setTimeout(minutes(2));
  const { host } = serving;
  await listen(server, { host, port: serving.port }, serving.flag);
  const { port } = server.address() as AddressInfo;
  const policy: AuthPolicy = {
    tokens: serving.tokens,
    secret: Object.values(serving.tokens).every(isLong) ? '' : randomBytes(32).toString('hex'),
    tries: new TokenTries(serving.clock),
    // Cookies ignore the port: two dashboards on one machine need different names.
    cookie: `rollcall_${port}`,
  };
  server.on('request', (request, response) => {
    void respond(serving, policy, request, response);
  });
  return {
    url: `${httpUrl(host, port, serving.tls ? 'https' : 'http')}/`,
    [Symbol.asyncDispose]: () => closeServer(server),
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
    const { status, fault, retryAfter } = foreseen ?? unforeseen;
    sendFault(response, status, fault, retryAfter);
  }
}

const unforeseen: ReturnType<typeof toErrorResponse> & {} = {
  status: 500,
  fault: {
    code: 'bug',
    message: 'the server failed unexpectedly',
    hint: 'the server log has the details',
  },
};

const howToEnter = 'open the address in a browser, or send Authorization: Bearer TOKEN';

async function route(
  { assets, apis, names }: HttpServerOptions,
  policy: AuthPolicy,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { method = '', url = '' } = request;
  checkHost(
    request.headers,
    names,
    'use the address of the server, or start it with --host-name NAME',
  );
  if (url.length > longestUrl)
    throw new ApiError('too-long', `the address must have at most ${longestUrl} characters`);
  if (!['GET', 'HEAD', 'POST'].includes(method))
    throw new ApiError('wrong-method', 'use GET or POST');
  const [path = '', search = ''] = url.split(/\?(.*)/s, 2);
  const query = new URLSearchParams(search);
  if (needsToken(policy) && isLogin(path, query)) {
    if (method === 'POST') checkOrigin(request, true);
    return logIn(request, response, policy, query);
  }
  const [, prefix, name] = /^\/((?:[a-z]+\/)?)api\/(.*)$/s.exec(path) ?? [];
  if (prefix !== undefined && name !== undefined) {
    const role = roleOf(request, policy);
    if (role === undefined)
      throw new ApiError('unauthorised', 'a token is needed here', howToEnter);
    checkOrigin(request, method === 'POST');
    const open = Object.hasOwn(apis, prefix) ? apis[prefix] : undefined;
    if (!open) throw new ApiError('not-found', 'the server has no such path');
    return handleApiRequest(await open(), name, { request, response, query, signal, role });
  }
  if (method === 'POST') throw new ApiError('wrong-method', 'pages are read-only: use GET');
  if (roleOf(request, policy) === undefined) {
    if (path === '/') return sendLogin(response, 200);
    throw new ApiError('unauthorised', 'a token is needed here', howToEnter);
  }
  if (path === '/') return assets.send(request, response, 'index.html');
  const [, file] = /^\/assets\/([\w.-]+)$/.exec(path) ?? [];
  if (file === undefined) throw new ApiError('not-found', 'the server has no such path');
  return assets.send(request, response, file);
}

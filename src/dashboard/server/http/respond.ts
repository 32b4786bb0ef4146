import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ApiGuardResult } from '../../api-types.ts';

/** The headers of every response. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export type Encoding = 'br' | 'gzip' | 'identity';

/** The accepted encoding with the smallest result. A quality of 0 refuses an encoding. */
export function encodingOf(request: IncomingMessage): Encoding {
  const accepted = String(request.headers['accept-encoding'] ?? '').toLowerCase();
  const takes = (name: string) =>
    accepted.split(',').some((one) => {
      const [coding = '', ...weights] = one.split(';').map((part) => part.trim());
      return coding === name && !weights.some((weight) => /^q=0(?:\.0*)?$/.test(weight));
    });
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}

const br = promisify(brotliCompress);
const gz = promisify(gzip);

/** Smaller bodies are not compressed, in bytes. */
const worthPacking = 1024;

/** Compresses a body; `best` for content that is compressed once and sent often. */
export async function compress(body: Buffer, encoding: Encoding, best = false): Promise<Buffer> {
  if (encoding === 'identity' || body.length < worthPacking) return body;
  if (encoding === 'gzip') return gz(body, { level: best ? 9 : 4 });
  const quality = best ? 11 : 3;
  return br(body, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
}

/** Sends a JSON document, compressed if it is large enough, by default not cacheable. */
export async function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  { status = 200, cache = 'no-store' } = {},
): Promise<void> {
  const body = Buffer.from(JSON.stringify(value));
  await sendBody(request, response, body, { status, cache, type: 'application/json' });
}

/** Sends a body, compressed if it is large enough. */
export async function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  how: { readonly status?: number; readonly cache: string; readonly type: string },
): Promise<void> {
  const encoding = body.length < worthPacking ? 'identity' : encodingOf(request);
  const packed = await compress(body, encoding);
  response.writeHead(how.status ?? 200, {
    ...commonHeaders,
    'cache-control': how.cache,
    'content-type': how.type,
    'content-length': packed.length,
    vary: 'accept-encoding',
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : packed);
}

/** `retryAfter`: in seconds. */
export function sendFault(
  response: ServerResponse,
  status: number,
  fault: ApiGuardResult,
  retryAfter?: number,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(fault));
  response.writeHead(status, {
    ...commonHeaders,
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'content-length': body.length,
    ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
    ...(status === 405 && { allow: 'GET, HEAD' }),
    ...(status >= 413 && status <= 414 && { connection: 'close' }),
  });
  response.end(body);
}

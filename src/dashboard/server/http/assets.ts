import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { commonHeaders, compress, type Encoding, encodingOf } from './respond.ts';

/** The page's files by name: `index.html`, `main.js`, … */
export type Files = ReadonlyMap<string, Buffer>;

interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly tag: string;
  readonly packed: Map<Encoding, Promise<Buffer>>;
}

/**
 * Serves the page's files from memory. It serves only names in its table, so path traversal is
 * impossible. Each file is compressed once; browsers revalidate their copy with its ETag.
 */
export class Assets {
  readonly #assets: ReadonlyMap<string, Asset>;

  constructor(files: Files) {
    this.#assets = new Map([...files].map(([name, body]) => [name, assetOf(name, body)]));
  }

  /** @throws {ApiError} `not-found` */
  async send(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    const asset = this.#assets.get(name);
    if (!asset) throw new ApiError('not-found', 'the dashboard has no such file');
    const encoding = isPackable(asset.type) ? encodingOf(request) : 'identity';
    const tag = `"${asset.tag}-${encoding}"`;
    const headers = {
      ...commonHeaders,
      'cache-control': hashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-type': asset.type,
      etag: tag,
      vary: 'accept-encoding',
    };
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    const body = await packedOf(asset, encoding);
    response.writeHead(200, {
      ...headers,
      'content-length': body.length,
      ...(encoding !== 'identity' && body !== asset.body && { 'content-encoding': encoding }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** A name with a content hash. Its content never changes. */
const hashed = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

function assetOf(name: string, body: Buffer): Asset {
  const type = types[name.slice(name.lastIndexOf('.'))] ?? 'application/octet-stream';
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, type, tag, packed: new Map() };
}

function packedOf({ body, packed }: Asset, encoding: Encoding): Promise<Buffer> {
  const there = packed.get(encoding) ?? compress(body, encoding, true);
  packed.set(encoding, there);
  return there;
}

const isPackable = (type: string): boolean => !type.startsWith('font/') && type !== 'image/png';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { ApiError } from './api-error.ts';

/** Who may ask. */
export interface Access {
  /** Names that the Host header may have, besides addresses and `localhost`. */
  readonly names: readonly string[];
  /** The token that requests must have; undefined: none. */
  readonly token: string | undefined;
}

/**
 * Refuses requests of web pages: with the origin of a page, or with an unknown name in the Host header (DNS
 * rebinding), and requests without the token. @throws {ApiError} `forbidden`, `unauthorised`
 */
export function checkAccess({ headers }: IncomingMessage, { names, token }: Access): void {
  if (headers.origin !== undefined) {
    throw new ApiError('forbidden', 'the request comes from a web page');
  }
  const [, v6, name] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(headers.host ?? '') ?? [];
  const host = (v6 ?? name ?? '').toLowerCase();
  if (isIP(host) === 0 && host !== 'localhost' && !names.includes(host)) {
    throw new ApiError(
      'forbidden',
      'the name in the Host header is not a name of this server',
      'use the address of the server, or start it with --host-name NAME',
    );
  }
  if (token === undefined) return;
  const [, sent] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (sent !== undefined && timingSafeEqual(sha256(sent), sha256(token))) return;
  throw new ApiError('unauthorised', 'a token is needed', 'send Authorization: Bearer TOKEN');
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

import type { IncomingMessage } from 'node:http';
import { checkHost, checkToken } from '../../http-server/access.ts';
import { ApiError } from '../../http-server/api-error.ts';

/** Which requests the API accepts. */
export interface Access {
  /** Names that the Host header may have, besides addresses and `localhost`. */
  readonly names: readonly string[];
  /** The token that requests must have; undefined: none. */
  readonly token: string | undefined;
}

/**
 * Refuses requests of web pages: with the origin of a page, or with an unknown name in the Host header.
 * Refuses requests without the token. @throws {ApiError} `forbidden`, `unauthorised`
 */
export function checkAccess({ headers }: IncomingMessage, { names, token }: Access): void {
  if (headers.origin !== undefined) {
    throw new ApiError('forbidden', 'the request comes from a web page');
  }
  checkHost(headers, names, 'use the address of the server, or start it with --host-name NAME');
  checkToken(headers, token);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Role } from './auth.ts';

/** One request to the API with its response. */
export interface RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly role: Role;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

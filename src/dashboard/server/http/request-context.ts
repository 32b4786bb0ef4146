import type { IncomingMessage, ServerResponse } from 'node:http';

/** One question to the API, and where its answer goes. */
export interface RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Aborted when the one who asked is gone. */
  readonly signal: AbortSignal;
}

/** The HTTP status of each error code. */
const statuses = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'none-usable': 404,
  'wrong-method': 405,
  taken: 409,
  'id-reused': 409,
  superseded: 409,
  'too-many': 409,
  'too-large': 413,
  'too-long': 414,
  'not-json': 415,
  'too-many-tries': 429,
  bug: 500,
  'not-complete': 503,
  'too-busy': 503,
} as const;

/** A request that an HTTP API refuses or cannot answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: keyof typeof statuses;
  readonly hint: string | undefined;
  /** When the client may try again, in seconds: the header Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(code: keyof typeof statuses, message: string, hint?: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return statuses[this.code];
  }
}

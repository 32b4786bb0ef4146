/** Statuses by the code of an error. */
export const statuses = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'wrong-method': 405,
  taken: 409,
  superseded: 409,
  'too-many': 409,
  'too-large': 413,
  'not-json': 415,
  bug: 500,
} as const;

/** A request that the local API refuses. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: keyof typeof statuses;
  readonly hint: string | undefined;

  constructor(code: keyof typeof statuses, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

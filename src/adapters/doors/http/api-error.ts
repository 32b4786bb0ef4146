/** Statuses by the code of an error. */
const statuses = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'none-usable': 404,
  'wrong-method': 405,
  'too-long': 414,
  bug: 500,
  'not-complete': 503,
  'too-busy': 503,
} as const;

/** A request that is not answered with data. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: keyof typeof statuses;
  readonly hint: string | undefined;

  constructor(code: keyof typeof statuses, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  get status(): number {
    return statuses[this.code];
  }
}

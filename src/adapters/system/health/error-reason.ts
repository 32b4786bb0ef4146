/** The reason of a failed connection. With several addresses, the error has no message of its own. */
export function errorReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.message === '') return errorReason(cause.errors[0]);
  return cause.message;
}

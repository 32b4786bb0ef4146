import type { HealthCheckFn } from './health-check.ts';

/** Sends a GET and expects status 2xx or 3xx. Redirects are not followed. */
export function httpCheck(url: string): HealthCheckFn {
  return async (signal) => {
    try {
      const response = await fetch(url, {
        signal,
        redirect: 'manual',
        headers: { 'user-agent': 'rollcall' },
      });
      await response.body?.cancel();
      const { status } = response;
      return status >= 200 && status < 400 ? undefined : `${url} answered ${status}`;
    } catch (cause) {
      return `${url}: ${reasonOf(cause)}`;
    }
  };
}

/** `fetch` has the reason in `cause`; with several addresses, in the `errors` of the cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.message === '') return reasonOf(cause.errors[0]);
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}

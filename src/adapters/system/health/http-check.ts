import type { HealthCheckFn } from './health-check.ts';

/** A GET that must be answered with 2xx or 3xx; redirections are not followed. */
export function httpProbe(url: string): HealthCheckFn {
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

/** fetch says only that it failed; why is in the cause, and for several addresses in its errors. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.message === '') return reasonOf(cause.errors[0]);
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}

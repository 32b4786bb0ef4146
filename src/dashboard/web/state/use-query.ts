import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ApiGuardResult } from '../../api-types.ts';
import type { Query } from '../../history/query-types.ts';
import { LatestRequest } from './latest-only.ts';
import { queryHistory } from './store.ts';

/**
 * The result of a history query. Runs again when the query or `fresh` changes: at once, or `wait` ms after the last
 * of a fast series of changes.
 */
export function useHistoryQuery<T>(
  question: Query | null,
  fresh: unknown = 0,
  wait = 0,
): T | undefined {
  const [value, setValue] = useState<T>();
  const newest = useMemo(
    () => new LatestRequest<Query, T>(queryHistory, (answered) => setValue(() => answered)),
    [],
  );
  useEffect(() => {
    if (wait === 0) return newest.want(question);
    const timer = setTimeout(() => newest.want(question), wait);
    return () => clearTimeout(timer);
  }, [newest, question && JSON.stringify(question), fresh]);
  useEffect(() => () => newest.want(null), [newest]);
  return value;
}

const isJson = ({ headers }: Response): boolean =>
  headers.get('content-type')?.includes('json') === true;

/** The response of the server, and to which path: until it answers, that of the path before. An error is also a value. */
export function useFetch<T>(path: string | null, fresh: unknown = 0) {
  const [got, setGot] = useState<{ value?: T; failed?: string; to?: string }>({});
  useEffect(() => {
    if (path === null) return;
    const away = new AbortController();
    fetch(path, { signal: away.signal })
      .then(async (response) => {
        const text = await response.text();
        const value = isJson(response)
          ? (JSON.parse(text) as T & Partial<ApiGuardResult>)
          : undefined;
        if (response.ok && value !== undefined) return setGot({ value, to: path });
        const failed =
          value?.code === 'store-unavailable'
            ? 'NATS does not answer the dashboard'
            : value?.message;
        setGot({ failed: failed ?? `the server answered ${response.status}`, to: path });
      })
      .catch(() => {
        if (!away.signal.aborted)
          setGot({ failed: 'the dashboard server does not answer', to: path });
      });
    return () => away.abort();
  }, [path, fresh]);
  return got;
}

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Query } from '../../history/query-types.ts';
import { LatestRequest } from './latest-only.ts';
import { queryHistory } from './store.ts';

/** The result of a history query. Runs again when the query or `fresh` changes. */
export function useHistoryQuery<T>(question: Query | null, fresh: unknown = 0): T | undefined {
  const [value, setValue] = useState<T>();
  const newest = useMemo(
    () => new LatestRequest<Query, T>(queryHistory, (answered) => setValue(() => answered)),
    [],
  );
  useEffect(() => newest.want(question), [newest, question && JSON.stringify(question), fresh]);
  useEffect(() => () => newest.want(null), [newest]);
  return value;
}

/** The response of the server. An error is also a value. */
export function useFetch<T>(path: string | null, fresh: unknown = 0) {
  const [got, setGot] = useState<{ value?: T; failed?: string }>({});
  useEffect(() => {
    if (path === null) return;
    const away = new AbortController();
    fetch(path, { signal: away.signal })
      .then(async (response) => {
        const value = (await response.json()) as T & { message?: string };
        if (response.ok) setGot({ value });
        else setGot({ failed: value.message ?? `the server answered ${response.status}` });
      })
      .catch((error: unknown) => {
        if (!away.signal.aborted) setGot({ failed: String(error) });
      });
    return () => away.abort();
  }, [path, fresh]);
  return got;
}

/** Where a server is fetched into, and who hears about it. */
export type FetchInto = {
  cacheDir: string;
  progress: (message: string) => void;
  signal?: AbortSignal | undefined;
};

/** A server that is now in the cache, or why it could not be fetched this way. */
export type Fetched = { path: string; version: string } | { failed: string[] };

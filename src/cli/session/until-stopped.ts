/**
 * The end of a long-running command: the signal, or the end of one of its parts, whichever is first.
 *
 * Either aborts `signal`, so that the other parts end too. `ended` rejects if a part failed.
 */
export function untilStopped(
  signal: AbortSignal,
  ...own: readonly Promise<unknown>[]
): AsyncDisposable & { readonly signal: AbortSignal; readonly ended: Promise<void> } {
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    over.abort();
    resolve();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ended = Promise.race([promise, ...own]).then(() => {});
  ended.then(stop, stop);
  return {
    signal: over.signal,
    ended,
    async [Symbol.asyncDispose]() {
      stop();
      signal.removeEventListener('abort', stop);
    },
  };
}

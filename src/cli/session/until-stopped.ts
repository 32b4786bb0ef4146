/**
 * The end of something that runs for ever: the signal, or its own end, whichever comes first.
 *
 * `signal` is aborted at either, so that whatever runs beside it ends too; `ended` rejects with what
 * ended it if that was a failure.
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

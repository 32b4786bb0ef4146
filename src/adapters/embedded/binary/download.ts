import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Millis, minutes, seconds } from '../../../domain/time.ts';

/** Time limit for the first byte of the response, so that a machine without internet does not wait. */
const answerWithin: Millis = seconds(5);
const completeWithin: Millis = minutes(5);

/** Fetches an address. A failure is returned as the end of a sentence: `answered 404 Not Found`. */
async function get(url: string, signal: AbortSignal | undefined): Promise<Response | string> {
  const answerTimeout = new AbortController();
  const timer = setTimeout(() => answerTimeout.abort(), answerWithin);
  const limits = [answerTimeout.signal, AbortSignal.timeout(completeWithin)];
  try {
    const all = AbortSignal.any(signal === undefined ? limits : [signal, ...limits]);
    const response = await fetch(url, { signal: all });
    return response.ok ? response : `answered ${response.status} ${response.statusText}`;
  } catch (error) {
    signal?.throwIfAborted();
    if (answerTimeout.signal.aborted) return `did not answer within ${answerWithin / 1000} s`;
    return `could not be reached: ${rootCause(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/** Downloads a small text. */
export async function downloadText(
  url: string,
  signal?: AbortSignal,
): Promise<{ text: string } | { failed: string }> {
  const response = await get(url, signal);
  if (typeof response === 'string') return { failed: `${url} ${response}` };
  return { text: await response.text() };
}

/** Downloads into a file and returns the SHA-256 of its content. */
export async function downloadFile(
  url: string,
  file: string,
  signal?: AbortSignal,
): Promise<{ sha256: string } | { failed: string }> {
  const response = await get(url, signal);
  if (typeof response === 'string') return { failed: `${url} ${response}` };
  if (response.body === null) return { failed: `${url} sent an empty answer` };
  const hash = createHash('sha256');
  try {
    await pipeline(
      response.body,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
      { ...(signal === undefined ? {} : { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    return { failed: `the download of ${url} was interrupted: ${rootCause(error)}` };
  }
  return { sha256: hash.digest('hex') };
}

/** The message of fetch() is only "fetch failed"; the reason is in the chain of causes. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootCause(error.cause);
  return error instanceof AggregateError ? rootCause(error.errors.at(-1)) : error.message;
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Millis, minutes, seconds } from '../../../domain/time.ts';

/** A machine without the internet must not wait for it: time until the server's first word. */
const answerWithin: Millis = seconds(5);
const wholeWithin: Millis = minutes(5);

/** Fetches one address; what comes back instead of it is a sentence's end: `answered 404 Not Found`. */
async function get(url: string, signal: AbortSignal | undefined): Promise<Response | string> {
  const impatient = new AbortController();
  const timer = setTimeout(() => impatient.abort(), answerWithin);
  const limits = [impatient.signal, AbortSignal.timeout(wholeWithin)];
  try {
    const all = AbortSignal.any(signal === undefined ? limits : [signal, ...limits]);
    const response = await fetch(url, { signal: all });
    return response.ok ? response : `answered ${response.status} ${response.statusText}`;
  } catch (error) {
    signal?.throwIfAborted();
    if (impatient.signal.aborted) return `did not answer within ${answerWithin / 1000} s`;
    return `could not be reached: ${rootCause(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/** A small text, or why it could not be had. */
export async function downloadText(
  url: string,
  signal?: AbortSignal,
): Promise<{ text: string } | { failed: string }> {
  const response = await get(url, signal);
  if (typeof response === 'string') return { failed: `${url} ${response}` };
  return { text: await response.text() };
}

/** Writes what is at the address into a file and returns the SHA-256 of what was written. */
export async function downloadFile(
  url: string,
  file: string,
  signal?: AbortSignal,
): Promise<{ sha256: string } | { failed: string }> {
  const response = await get(url, signal);
  if (typeof response === 'string') return { failed: `${url} ${response}` };
  if (response.body === null) return { failed: `${url} answered nothing` };
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
    return { failed: `${url} broke off: ${rootCause(error)}` };
  }
  return { sha256: hash.digest('hex') };
}

/** fetch() says only "fetch failed"; the reason is some causes down. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootCause(error.cause);
  return error instanceof AggregateError ? rootCause(error.errors.at(-1)) : error.message;
}

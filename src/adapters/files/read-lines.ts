import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** The lines of one chunk of a file, or why lines are missing. */
export type LineBatch =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** This line is longer than any event can be. It is skipped. */
  | { readonly kind: 'too-long' }
  /** The file is truncated or damaged; nothing after this point is readable. */
  | { readonly kind: 'broken'; readonly why: string };

/** No event is longer: a NATS message has at most 64 MiB. */
const maxLineLength = 64 * 1024 * 1024;
const chunkSize = 64 * 1024;
const newline = 0x0a;

/**
 * Reads the lines of a file, gzipped or not, in bounded memory. Yields all readable lines before a damaged
 * part, then the damage. `signal` ends it also where a file has no line for long.
 * @throws the errors of the file system, such as `ENOENT`, and the reason of the signal
 */
export async function* readLines(
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<LineBatch, void, undefined> {
  let partial: Buffer[] = [];
  let partialLength = 0;
  let isSkipping = false;
  for await (const chunk of readChunks(file)) {
    signal?.throwIfAborted();
    if (typeof chunk === 'string') {
      // The partial line is dropped, like the rest of the file.
      yield { kind: 'broken', why: chunk };
      return;
    }
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      partialLength += chunk.length;
      if (isSkipping) continue;
      partial.push(chunk);
      if (partialLength <= maxLineLength) continue;
      isSkipping = true;
      partial = [];
      yield { kind: 'too-long' };
      continue;
    }
    const start = isSkipping ? chunk.indexOf(newline) + 1 : 0;
    isSkipping = false;
    const text = Buffer.concat([...partial, chunk.subarray(start, end)]).toString();
    partial = [chunk.subarray(end + 1)];
    partialLength = chunk.length - end - 1;
    if (start <= end) yield { kind: 'lines', lines: text.split('\n') };
  }
  if (partialLength > 0 && !isSkipping) {
    yield { kind: 'lines', lines: [Buffer.concat(partial).toString()] };
  }
}

/** The bytes of the file, decompressed if it is gzip. A string at the end is the decompression error. */
async function* readChunks(file: string): AsyncGenerator<Buffer | string, void, undefined> {
  const chunks: AsyncIterator<Buffer> = createReadStream(file, { highWaterMark: chunkSize })[
    Symbol.asyncIterator
  ]();
  try {
    const first = await chunks.next();
    if (first.done) return;
    const all = prepend(first.value, chunks);
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzipChunks(all);
    else yield* all;
  } finally {
    await chunks.return?.();
  }
}

async function* prepend(first: Buffer, others: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}

/**
 * Decompresses chunk by chunk without `pipeline`: a stream that fails drops the output that is not read
 * yet, which in a truncated file are its last events.
 */
async function* gunzipChunks(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer | string> {
  const gunzip = createGunzip();
  const output: Buffer[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  gunzip.on('data', (bytes: Buffer) => output.push(bytes));
  gunzip.on('end', () => wake());
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  const waitFor = (feed: (done: () => void) => unknown) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      feed(resolve);
    });
  try {
    // The next chunk is decompressed in another thread while the consumer reads the one before.
    let writing = Promise.resolve();
    for await (const bytes of compressed) {
      await writing;
      if (failure) break;
      const ready = output.splice(0);
      writing = waitFor((done) => gunzip.write(bytes, () => done()));
      yield* ready;
    }
    await writing;
    if (!failure) await waitFor(() => gunzip.end());
    yield* output.splice(0);
    if (failure) yield failure.message;
  } finally {
    gunzip.destroy();
  }
}

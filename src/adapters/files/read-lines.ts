import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Lines of a file, in pieces as they were read; or why the rest of it could not be read. */
export type Piece =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** The line that this would belong to is longer than any that we write. */
  | { readonly kind: 'too-long' }
  /** The file ends in the middle, or is damaged from here on. */
  | { readonly kind: 'broken'; readonly why: string };

/** More than this is no event: a server takes 64 MiB in one message at most. */
const longestLine = 64 * 1024 * 1024;
const readAtOnce = 64 * 1024;
const newline = 0x0a;

/**
 * The lines of a file, gzipped or not, in bounded memory. Whatever is readable before a damage is said
 * before the damage is.
 * @throws what reading the file throws, `ENOENT` and the like
 */
export async function* linesOf(file: string): AsyncGenerator<Piece, void, undefined> {
  let rest: Buffer[] = [];
  let long = 0;
  let skipping = false;
  for await (const bytes of bytesOf(file)) {
    if (typeof bytes === 'string') {
      // What was begun of a line goes with the rest of the file.
      yield { kind: 'broken', why: bytes };
      return;
    }
    const end = bytes.lastIndexOf(newline);
    if (end < 0) {
      long += bytes.length;
      if (skipping) continue;
      rest.push(bytes);
      if (long <= longestLine) continue;
      skipping = true;
      rest = [];
      yield { kind: 'too-long' };
      continue;
    }
    const begin = skipping ? bytes.indexOf(newline) + 1 : 0;
    skipping = false;
    const whole = Buffer.concat([...rest, bytes.subarray(begin, end)]).toString();
    rest = [bytes.subarray(end + 1)];
    long = bytes.length - end - 1;
    if (begin <= end) yield { kind: 'lines', lines: whole.split('\n') };
  }
  if (long > 0 && !skipping) yield { kind: 'lines', lines: [Buffer.concat(rest).toString()] };
}

/** The file's bytes, unpacked where it begins as gzip does; a text says why there are no more. */
async function* bytesOf(file: string): AsyncGenerator<Buffer | string, void, undefined> {
  const chunks: AsyncIterator<Buffer> = createReadStream(file, { highWaterMark: readAtOnce })[
    Symbol.asyncIterator
  ]();
  try {
    const first = await chunks.next();
    if (first.done) return;
    const all = chain(first.value, chunks);
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unpacked(all);
    else yield* all;
  } finally {
    await chunks.return?.();
  }
}

async function* chain(first: Buffer, more: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await more.next(); !next.done; next = await more.next()) yield next.value;
}

/**
 * Fed piece by piece by hand, because a stream that fails drops what it has unpacked and nobody has
 * read yet: of a file that was cut off that would be its last events.
 */
async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer | string> {
  const gunzip = createGunzip();
  const out: Buffer[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  gunzip.on('data', (bytes: Buffer) => out.push(bytes));
  gunzip.on('end', () => wake());
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  const through = (feed: (done: () => void) => unknown) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      feed(resolve);
    });
  try {
    // The next piece is unpacked, in a thread of its own, while the one before is read.
    let fed = Promise.resolve();
    for await (const bytes of packed) {
      await fed;
      if (failure) break;
      const ready = out.splice(0);
      fed = through((done) => gunzip.write(bytes, () => done()));
      yield* ready;
    }
    await fed;
    if (!failure) await through(() => gunzip.end());
    yield* out.splice(0);
    if (failure) yield failure.message;
  } finally {
    gunzip.destroy();
  }
}

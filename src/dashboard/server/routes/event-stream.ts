import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { ApiHeartbeat, ApiHello } from '../../api-types.ts';
import type { Source } from '../history/live-source.ts';
import { pageAfter } from '../history/pages.ts';
import { commonHeaders, encodingOf } from '../http/respond.ts';

/** The minimum time between pages, the time between marks, and how long a reader may read nothing. */
export interface StreamTiming {
  readonly batchEvery: Millis;
  readonly markEvery: Millis;
  readonly patience: Millis;
}

const pace: StreamTiming = { batchEvery: 100, markEvery: seconds(2), patience: seconds(20) };

/** The open streams, one per browser, up to a limit. */
export class Streams {
  readonly pace: StreamTiming;
  readonly #most: number;
  #open = 0;

  constructor(most = 100, timing: StreamTiming = pace) {
    this.#most = most;
    this.pace = timing;
  }

  /** Number of open streams. */
  get open(): number {
    return this.#open;
  }

  /** @throws {ApiError} `too-busy` */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#open >= this.#most) {
      throw new ApiError('too-busy', `${this.#most} browsers are connected, which is the maximum`);
    }
    this.#open += 1;
    try {
      await work();
    } finally {
      this.#open -= 1;
    }
  }
}

const rowsPerBatch = 2000;
/** A server that just started may still read the history. */
const caughtUpWithin: Millis = seconds(60);

/**
 * Sends the events after a sequence as server-sent events.
 *
 * Nothing is buffered for a reader: the next page is made when it has read the one before. A reader
 * that reads nothing for too long is disconnected, and resumes after the id of its last batch.
 */
export async function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  source: Source,
  after: Revision | undefined,
  hello: () => ApiHello,
  { batchEvery, markEvery, patience }: StreamTiming = pace,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { signal } = gone;
  const out = writerOf(request, response, patience, signal);
  await Promise.race([source.caughtUp, pause(caughtUpWithin, signal)]);
  await out.event('hello', hello());
  let { count } = source.resets();
  let at = after ?? source.index().last;
  const misfit = misfitOf(source, at);
  if (misfit) {
    await out.event('reset', { reason: misfit });
    at = source.index().last;
  }
  await out.event('mark', markOf(source));
  let marked = performance.now();
  while (!signal.aborted) {
    const resets = source.resets();
    if (resets.count !== count) {
      ({ count } = resets);
      at = 0;
      await out.event('reset', { reason: resets.reason });
    }
    if (at + 1 < source.index().first) {
      await out.event('reset', { reason: 'the next events are no longer in memory' });
      at = source.index().last;
    }
    const page = pageAfter(source.index(), at, rowsPerBatch);
    if (page) {
      at = page.to;
      await out.event('batch', page, at);
      await pause(batchEvery, signal);
    }
    if (performance.now() - marked >= markEvery) {
      marked = performance.now();
      await out.event('mark', markOf(source));
    }
    if (!page) await changed(source, markEvery - (performance.now() - marked), signal);
  }
}

/** Why the stream cannot start after this sequence. */
function misfitOf(source: Source, at: Revision): string | undefined {
  const { first, last } = source.index();
  if (at > last) return `the history ends at ${last}`;
  if (at > 0 && at + 1 < first) return `the history begins at ${first}`;
  return undefined;
}

const markOf = (source: Source): ApiHeartbeat => {
  const { last, lastAt } = source.index();
  return {
    head: last,
    headAt: lastAt,
    now: source.now(),
    storeAwaySince: source.storeAwaySince(),
    outages: source.outages(),
    seats: source.seats(),
    seatSeen: Object.fromEntries(source.seatSeen()),
  };
};

async function pause(duration: Millis, signal: AbortSignal): Promise<void> {
  if (duration <= 0) return;
  await sleep(duration, undefined, { signal, ref: false }).catch(() => {});
}

async function changed(source: Source, within: Millis, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([over.signal, signal]);
  await Promise.race([source.bell.rung(both), pause(Math.max(1, within), both)]);
  over.abort();
}

/** Writes events, compressed if the reader accepts that, and waits while it does not read. */
function writerOf(
  request: IncomingMessage,
  response: ServerResponse,
  patience: Millis,
  signal: AbortSignal,
) {
  const packed = encodingOf(request) !== 'identity';
  response.writeHead(200, {
    ...commonHeaders,
    'cache-control': 'no-store',
    'content-type': 'text/event-stream',
    'x-accel-buffering': 'no',
    ...(packed && { 'content-encoding': 'gzip' }),
  });
  response.socket?.setNoDelay(true);
  // Brotli would keep megabytes for each reader.
  const gzip = packed ? createGzip({ level: 4, flush: constants.Z_SYNC_FLUSH }) : undefined;
  gzip?.pipe(response);
  gzip?.on('error', () => response.destroy());
  signal.addEventListener('abort', () => gzip?.destroy(), { once: true });
  const into: Writable = gzip ?? response;
  return {
    async event(name: string, value: unknown, id?: Revision): Promise<void> {
      if (signal.aborted) return;
      const idLine = id === undefined ? '' : `id: ${id}\n`;
      const taken = into.write(`event: ${name}\n${idLine}data: ${JSON.stringify(value)}\n\n`);
      gzip?.flush();
      if (!taken) await drained(into, response, patience, signal);
    },
  };
}

async function drained(
  into: Writable,
  response: ServerResponse,
  patience: Millis,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([over.signal, signal]);
  const { promise, resolve } = Promise.withResolvers<'drained'>();
  into.once('drain', () => resolve('drained'));
  const waited = sleep(patience, 'late', { signal: both, ref: false }).catch(() => 'gone');
  if ((await Promise.race([promise, waited])) === 'late') response.destroy();
  over.abort();
}

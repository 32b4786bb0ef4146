import { request } from 'node:http';
import { connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiPage } from '../../../../src/dashboard/api-types.ts';
import { Streams } from '../../../../src/dashboard/server/routes/event-stream.ts';
import { until } from '../../../integration/harness/until.ts';
import { apiOf, served, transition, WrittenSource } from '../support/test-server.ts';

const quick = { batchEvery: 1, markEvery: 20, patience: 300 };

let source: WrittenSource;
let streams: Streams;
let server: Awaited<ReturnType<typeof served>>;
beforeEach(async () => {
  source = new WrittenSource();
  streams = new Streams(3, quick);
  server = await served(apiOf(source, { streams }));
});
afterEach(() => server[Symbol.asyncDispose]());

interface Heard {
  readonly event: string;
  readonly data: unknown;
  readonly id: string | undefined;
}

/** An event source as a browser has one, that ends when told to. */
async function* listen(
  path: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): AsyncGenerator<Heard> {
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const asked = request(new URL(path, server.url), { headers, signal }, resolve);
    asked.on('error', reject);
    asked.end();
  });
  const gzip = response.headers['content-encoding'] === 'gzip';
  const body = gzip ? response.pipe(createGunzip()) : response;
  let rest = '';
  try {
    for await (const piece of body) {
      rest += piece;
      const whole = rest.split('\n\n');
      rest = whole.pop() ?? '';
      for (const text of whole) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
        yield {
          event: field('event') ?? '',
          data: JSON.parse(field('data') ?? ''),
          id: field('id'),
        };
      }
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

describe('the event stream', () => {
  it('begins with the server, then sends batches, each with its sequence', async () => {
    source.write(transition(1, 'started', 'expired'));
    const stop = new AbortController();
    const heard: Heard[] = [];
    for await (const one of listen('/api/stream?after=0', stop.signal)) {
      heard.push(one);
      if (one.event === 'batch' && one.id === '1')
        source.write(transition(2, 'started', 'expired'));
      if (one.id === '2') break;
    }
    stop.abort();
    expect(heard.map(({ event }) => event).filter((event) => event !== 'mark')).toEqual([
      'hello',
      'batch',
      'batch',
    ]);
    expect(heard[0]?.data).toMatchObject({ mode: 'live', last: 1, now: 5, actions: false });
    expect(heard.at(-1)?.data).toMatchObject({ from: 2, to: 2 });
  });

  it.each(['identity', 'gzip'])('sends marks while nothing changes (%s)', async (encoding) => {
    const stop = new AbortController();
    let marks = 0;
    for await (const one of listen('/api/stream', stop.signal, { 'accept-encoding': encoding })) {
      if (one.event === 'mark') marks += 1;
      if (marks === 3) break;
    }
    stop.abort();
    expect(marks).toBe(3);
  });

  it('sends every row exactly once to a reader that resumes with the last id', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (rounds) => {
          const begin = source.index().last;
          const heard: number[] = [];
          let id = String(begin);
          for (const [writes, until] of rounds) {
            source.write(
              ...Array.from({ length: writes }, (_, n) => transition(n, 'x', 'expired')),
            );
            const stop = new AbortController();
            const headers = { 'last-event-id': id, 'accept-encoding': 'gzip' };
            let batches = 0;
            for await (const one of listen('/api/stream?after=0', stop.signal, headers)) {
              if (one.event === 'reset') throw new Error('it was reset');
              if (one.event === 'batch') {
                heard.push(...(one.data as ApiPage).rows.map(([seq]) => seq));
                id = one.id ?? '';
                batches += 1;
              }
              if (batches > until || Number(id) === source.index().last) break;
              if (one.event === 'batch') source.write(transition(3, 'x', 'expired'));
            }
            stop.abort();
          }
          const stop = new AbortController();
          const headers = { 'last-event-id': id };
          for await (const one of listen('/api/stream', stop.signal, headers)) {
            if (one.event === 'batch') {
              heard.push(...(one.data as ApiPage).rows.map(([seq]) => seq));
              id = one.id ?? '';
            }
            if (Number(id) === source.index().last) break;
          }
          stop.abort();
          const all = Array.from({ length: source.index().last - begin }, (_, n) => begin + n + 1);
          expect(heard).toEqual(all);
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('sends a reset if the sequence does not exist or the history starts again', async () => {
    source.write(transition(1, 'started', 'expired'));
    const stop = new AbortController();
    const reasons: unknown[] = [];
    for await (const one of listen('/api/stream?after=17', stop.signal)) {
      if (one.event === 'reset') {
        reasons.push(one.data);
        if (reasons.length === 2) break;
        source.reset('another history');
      }
    }
    stop.abort();
    expect(reasons).toEqual([{ reason: 'the history ends at 1' }, { reason: 'another history' }]);
  });

  it('disconnects a reader that does not read, and its buffer stays small', async () => {
    source.write(
      ...Array.from({ length: 60_000 }, (_, n) =>
        transition(n, `${n}`.padEnd(300, '.'), 'expired'),
      ),
    );
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise<boolean>((resolve) => {
      socket.once('close', () => resolve(true));
      socket.once('error', () => resolve(true));
    });
    socket.pause();
    socket.write(`GET /api/stream?after=0 HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
    await until('it is listened to', () => streams.open === 1);
    await until('it is let go', () => streams.open === 0, 15_000);
    socket.resume();
    expect(await closed).toBe(true);
  }, 30_000);

  it('is refused above a number of streams', async () => {
    const stop = new AbortController();
    const three = [1, 2, 3].map(() => listen('/api/stream', stop.signal));
    await Promise.all(three.map((one) => one.next()));
    const fourth = await fetch(new URL('/api/stream', server.url));
    expect(fourth.status).toBe(503);
    await fourth.body?.cancel();
    stop.abort();
  });
});

import { createServer as createHttpServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { checkHealth } from '../../../../src/adapters/system/health/run-health-check.ts';
import type { Health } from '../../../../src/domain/records/desired-instances.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { failing, listening, often, ok, reports } from './check-results.ts';

/** An HTTP server that answers with these codes in turn and repeats the last one; 0: no answer. */
async function answering(...codes: number[]) {
  const seen = { current: 0, maximum: 0 };
  const server = createHttpServer((_, response) => {
    seen.current += 1;
    seen.maximum = Math.max(seen.maximum, seen.current);
    response.once('close', () => {
      seen.current -= 1;
    });
    const code = codes.length > 1 ? codes.shift() : codes[0];
    if (code)
      setTimeout(
        () => response.writeHead(code, { location: '/elsewhere' }).end('x'.repeat(100_000)),
        20,
      );
  });
  const { port } = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/health`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a check', () => {
  test('is failing after `failAfter` failures in a row, and serving after one success', async () => {
    await using server = await answering(200, 500, 500, 200, 500, 500, 500, 503, 200);
    const found = await reports({ ...often, http: { url: server.url }, failAfter: 3 }, 5);
    expect(found).toEqual([
      ok,
      ok,
      failing(`${server.url} answered 500`),
      failing(`${server.url} answered 503`),
      ok,
    ]);
  });

  test('waits until the previous one has ended', async () => {
    await using server = await answering(200);
    await reports({ ...often, http: { url: server.url }, every: 1 }, 10);
    expect(server.seen.maximum).toBe(1);
  });

  test('starts at a fixed interval, independent of its duration', async () => {
    const stop = new AbortController();
    const slept: number[] = [];
    let now = 0;
    const clock: Clock = {
      ...systemClock,
      monotonic: () => now,
      sleep: async (duration) => {
        slept.push(duration);
        now += duration;
        if (slept.length === 3) stop.abort();
      },
    };
    const durations = [30, 0, 250];
    const report = () => {
      now += durations.shift() ?? 0;
    };
    await checkHealth({ ...often, exec: ['true'], every: 100 }, report, clock, stop.signal);
    expect(slept).toEqual([70, 100, -150]);
  });

  test('that is aborted while it runs reports nothing', async () => {
    await using server = await answering(0);
    const stop = new AbortController();
    const found: Health[] = [];
    const checking = checkHealth(
      { ...often, http: { url: server.url } },
      (health) => found.push(health),
      systemClock,
      stop.signal,
    );
    while (server.seen.current === 0) await new Promise(setImmediate);
    stop.abort();
    await checking;
    expect(found).toEqual([]);
  });

  test('is serving again after `passAfter` successes in a row', async () => {
    await using server = await answering(500, 200, 500, 200, 200, 200);
    const found = await reports({ ...often, http: { url: server.url }, passAfter: 2 }, 4);
    expect(found.map(({ state }) => state)).toEqual(['failing', 'failing', 'serving', 'serving']);
  });

  test('does not count failures of the start period, until it has passed once', async () => {
    const http = { url: '' };
    await using server = await answering(500, 500, 500, 200, 500, 200);
    http.url = server.url;
    const found = await reports({ ...often, http, startPeriod: 60_000 }, 3);
    expect(found.map(({ state }) => state)).toEqual(['serving', 'failing', 'serving']);
  });

  test('counts failures after the start period', async () => {
    await using server = await answering(500);
    const [found] = await reports({ ...often, http: { url: server.url }, startPeriod: 1 });
    expect(found).toEqual(failing(`${server.url} answered 500`));
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { checkHealth } from '../../../../src/adapters/system/health/health-check.ts';
import { systemProcesses, thisProcess } from '../../../../src/adapters/system/processes.ts';
import type { Health } from '../../../../src/domain/records/desired-instances.ts';
import type { HealthCheck } from '../../../../src/domain/records/health-check.ts';
import type { Clock } from '../../../../src/ports/clock.ts';

const often = { every: 5, timeout: 5000, failAfter: 1 };
const ok: Health = { state: 'serving' };

/** The first `count` reports of a check. */
async function reports(check: HealthCheck, count: number): Promise<Health[]> {
  const found: Health[] = [];
  const stop = new AbortController();
  const report = (health: Health) => {
    found.push(health);
    if (found.length === count) stop.abort();
  };
  await checkHealth(check, report, systemClock, stop.signal);
  return found;
}

const failing = (detail: unknown): unknown => ({ state: 'failing', detail });

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, close, [Symbol.asyncDispose]: close };
}

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
    const found = await reports({ ...often, http: server.url, failAfter: 3 }, 5);
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
    await reports({ ...often, http: server.url, every: 1 }, 10);
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
      { ...often, http: server.url },
      (health) => found.push(health),
      systemClock,
      stop.signal,
    );
    while (server.seen.current === 0) await new Promise(setImmediate);
    stop.abort();
    await checking;
    expect(found).toEqual([]);
  });
});

describe('an HTTP check', () => {
  test.each([
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [400, false],
    [404, false],
    [503, false],
  ])('answered %d is serving: %s', async (code, serving) => {
    await using server = await answering(code);
    const [found] = await reports({ ...often, http: server.url }, 1);
    expect(found).toEqual(serving ? ok : failing(`${server.url} answered ${code}`));
  });

  test('without an answer in time is failing', async () => {
    await using server = await answering(0);
    const [found] = await reports({ ...often, http: server.url, timeout: 50 }, 1);
    expect(found).toEqual(failing('no answer within 50 ms'));
  });

  test('of a closed port is failing with the reason', async () => {
    const { port, close } = await listening(createTcpServer());
    await close();
    const [found] = await reports({ ...often, http: `http://127.0.0.1:${port}/` }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of an invalid URL is failing with the reason', async () => {
    const [found] = await reports({ ...often, http: 'not a url' }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/not a url/)));
  });
});

describe('a TCP check', () => {
  test('that is accepted is serving', async () => {
    await using server = await listening(createTcpServer((socket) => socket.resume()));
    const tcp = { host: '127.0.0.1', port: server.port };
    expect(await reports({ ...often, tcp }, 2)).toEqual([ok, ok]);
  });

  test.each(['127.0.0.1', 'localhost'])('that is refused at %s is failing', async (host) => {
    const { port, close } = await listening(createTcpServer());
    await close();
    const [found] = await reports({ ...often, tcp: { host, port } }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of an invalid port is failing with the reason', async () => {
    const [found] = await reports({ ...often, tcp: { host: '127.0.0.1', port: 70_000 } }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/70000/)));
  });
});

describe('an exec check', () => {
  test('that exits with 0 is serving, with any output', async () => {
    expect(await reports({ ...often, exec: ['sh', '-c', 'echo bad >&2'] }, 2)).toEqual([ok, ok]);
  });

  test('that exits with another code is failing, with the last line of its output', async () => {
    const exec = ['sh', '-c', 'echo first; echo disk full >&2; exit 3'];
    expect(await reports({ ...often, exec }, 1)).toEqual([failing('sh: exit 3: disk full')]);
  });

  test('with a very long output line is failing with a short detail', async () => {
    const exec = ['sh', '-c', 'yes rollcall | head -c 3000000 | tr -d "\\n"; exit 1'];
    const [found] = await reports({ ...often, exec }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/^.{20,250}$/)));
  });

  test('that cannot be started is failing with the reason', async () => {
    const [found] = await reports({ ...often, exec: ['no-such-check'] }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/no-such-check.*ENOENT/)));
    const [empty] = await reports({ ...often, exec: [] }, 1);
    expect(empty).toMatchObject({ state: 'failing' });
  });

  test('is killed with all its child processes at the timeout', async () => {
    await using left = await checkWithChild((file) => `sleep 60 & echo $! > ${file}; wait`);
    const exec = left.command;
    const [found] = await reports({ ...often, exec, timeout: 300 }, 1);
    expect(found).toEqual(failing('no answer within 300 ms'));
    expect(await left.areGone()).toBe(true);
  });

  test('that leaves a child process does not wait for it, and kills it', async () => {
    await using left = await checkWithChild((file) => `sleep 60 & echo $! > ${file}; exit 0`);
    const before = performance.now();
    expect(await reports({ ...often, exec: left.command }, 1)).toEqual([ok]);
    expect(performance.now() - before).toBeLessThan(often.timeout / 2);
    expect(await left.areGone()).toBe(true);
  });
});

/** A check that starts a child process and writes its pid to a file. */
async function checkWithChild(script: (file: string) => string) {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-check-'));
  const file = join(directory, 'pid');
  const own = thisProcess();
  const isGone = (pid: number) => systemProcesses(own).isGone({ ...own, pid });
  return {
    command: ['sh', '-c', script(file)],
    /** A killed process takes a moment to be gone. */
    areGone: async () => {
      const pid = Number(await readFile(file, 'utf8'));
      for (let n = 0; n < 200 && !isGone(pid); n += 1) await systemClock.sleep(10);
      return pid > 0 && isGone(pid);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

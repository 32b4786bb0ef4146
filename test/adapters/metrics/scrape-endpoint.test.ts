import { connect } from 'node:net';
import { Registry } from '@prometheus-io/client';
import { describe, expect, test } from 'vitest';
import { processRegistry, prometheusMetrics } from '../../../src/adapters/metrics/prometheus.ts';
import { Readiness } from '../../../src/adapters/metrics/readiness.ts';
import { serveMetrics } from '../../../src/adapters/metrics/scrape-endpoint.ts';
import { samplesIn } from './samples.ts';

const local = { host: '127.0.0.1', port: 0 };

describe('the metrics endpoint', () => {
  test('serves the metrics of Rollcall and of the process at /metrics', async () => {
    const registry = processRegistry();
    prometheusMetrics(registry, { monotonic: () => 0 }).expired();
    await using listener = await serveMetrics(registry, local, new Readiness());
    const response = await fetch(`${listener.url}?from=test`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = samplesIn(await response.text());
    expect(samples.get('rollcall_expiries_total')).toBe(1);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  test('answers /healthz while the process answers, without a word about the store', async () => {
    await using listener = await serveMetrics(new Registry(), local, new Readiness());
    const response = await fetch(new URL('/healthz?probe=1', listener.url));
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
    const posted = await fetch(new URL('/healthz', listener.url), { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('answers /readyz with 503 and each obstacle until none is left', async () => {
    const readiness = new Readiness();
    await using listener = await serveMetrics(new Registry(), local, readiness);
    const ask = async () => {
      const response = await fetch(new URL('/readyz', listener.url));
      return [response.status, await response.text()];
    };
    expect(await ask()).toEqual([503, 'not ready: it is starting\n']);
    readiness.report('store', 'lost the connection');
    readiness.report('start', undefined);
    expect(await ask()).toEqual([503, 'not ready: lost the connection\n']);
    readiness.report('store', undefined);
    expect(await ask()).toEqual([200, 'ok\n']);
  });

  test('names the version of the program and of Node.js', async () => {
    const registry = new Registry();
    prometheusMetrics(registry, { monotonic: () => 0 }, '1.2.3');
    expect(await registry.metrics()).toContain(
      `rollcall_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
    );
  });

  test('has no other path and accepts only GET and HEAD', async () => {
    await using listener = await serveMetrics(new Registry(), local, new Readiness());
    expect(listener.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    for (const path of ['/', '/metrics/', '/../metrics2', '/favicon.ico']) {
      expect([path, (await fetch(new URL(path, listener.url))).status]).toEqual([path, 404]);
    }
    expect((await fetch(listener.url, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(listener.url, { method: 'HEAD' })).status).toBe(200);
  });

  test('stops in the middle of a request', async () => {
    const listener = await serveMetrics(new Registry(), local, new Readiness());
    const { port } = new URL(listener.url);
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n', resolve));
    await fetch(listener.url); // after this, the first request has arrived
    await listener[Symbol.asyncDispose]();
    await expect(fetch(listener.url)).rejects.toThrow();
    socket.destroy();
  });

  test('names the port that is in use, and what to do', async () => {
    await using first = await serveMetrics(new Registry(), local, new Readiness());
    const port = Number(new URL(first.url).port);
    await expect(
      serveMetrics(new Registry(), { ...local, port }, new Readiness()),
    ).rejects.toMatchObject({
      code: 'port-taken',
      message: `port ${port} of 127.0.0.1 (--metrics) is already in use by another program`,
      hint: expect.stringContaining('--metrics'),
    });
  });
});

import { type AddressInfo, connect, createServer } from 'node:net';
import { Registry } from '@prometheus-io/client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Readiness } from '../../../src/adapters/metrics/readiness.ts';
import { serveMetrics } from '../../../src/adapters/metrics/scrape-endpoint.ts';
import { httpCheck } from '../../../src/adapters/system/health/http-check.ts';
import { anyText } from '../../arbitrary/names.ts';
import { fuzz } from '../support/fuzz.ts';

const line = fc.oneof(
  anyText,
  fc.constantFrom(
    ...[
      'GET /metrics HTTP/1.1',
      'GET //\\..%00?? HTTP/1.1',
      'POST /metrics HTTP/1.1',
      'GET * HTTP/9.9',
    ],
    ...[
      'HTTP/1.1 200 OK',
      'HTTP/1.1 999 \u001b[31m',
      'HTTP/1.1 302 Found',
      'Location: /',
      'HTTP/1.1 -1',
    ],
    ...['Content-Length: 5', 'Content-Length: -1', 'Content-Length: 99999999999999999999'],
    ...['Transfer-Encoding: chunked', 'FFFFFFFFFFFF', '0', '', 'x: y', `x: ${'y'.repeat(100_000)}`],
    ...[
      'Content-Encoding: gzip',
      'Upgrade: websocket',
      'Connection: upgrade',
      'Expect: 100-continue',
    ],
  ),
);
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join('\r\n'));

test('the metrics endpoint answers the next scrape after any request', async () => {
  await using listener = await serveMetrics(
    new Registry(),
    { host: '127.0.0.1', port: 0 },
    new Readiness(),
  );
  const { port } = new URL(listener.url);
  await fuzz(
    lines,
    async (text) => {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
        socket
          .on('error', () => {})
          .on('close', () => resolve())
          .resume();
        socket.setTimeout(20, () => socket.destroy());
      });
      expect((await fetch(listener.url)).status).toBe(200);
    },
    { runs: 40 },
  );
});

test('a health check passes or gives a reason in time for any answer', async () => {
  let answer = '';
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    // Half of the answer, and then the rest or nothing.
    const half = answer.length >> 1;
    socket.write(answer.slice(0, half));
    if (answer.length % 3 !== 0) socket.end(answer.slice(half));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await fuzz(
      lines
        .map((text) => `HTTP/1.1 200 OK\r\n${text}`)
        .chain((head) => fc.oneof(lines, fc.constant(head))),
      async (text) => {
        answer = text;
        const said = await httpCheck({ url: `http://127.0.0.1:${port}/` })(AbortSignal.timeout(20));
        expect(said === undefined || said.length > 0).toBe(true);
      },
      { runs: 60 },
    );
  } finally {
    server.close();
  }
});

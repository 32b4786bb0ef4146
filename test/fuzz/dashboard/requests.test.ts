import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { anyText } from '../../arbitrary/names.ts';
import { fetched } from '../../dashboard/server/support/test-server.ts';
import { fuzz } from '../support/fuzz.ts';
import {
  entity,
  events,
  expectDefined,
  livesOn,
  name,
  startDashboard,
  streams,
} from './fuzzed-dashboard.ts';

let server: Awaited<ReturnType<typeof startDashboard>>;
beforeAll(async () => {
  server = await startDashboard();
});
afterAll(() => server[Symbol.asyncDispose]());

const odd = fc.oneof(
  anyText,
  fc.constantFrom(
    ...['', '0', '-1', '1.5', 'NaN', 'Infinity', '1e999', '9007199254740993', '0x10', 'null'],
    ...[
      '__proto__',
      '[object Object]',
      '\0',
      '../../etc/passwd',
      'h0/a0',
      entity,
      'x'.repeat(9000),
    ],
  ),
);
const escaped = (value: string) => encodeURIComponent(value.toWellFormed());
const query = fc
  .array(fc.tuple(name, odd), { maxLength: 4 })
  .map((all) => all.map(([key, value]) => `${key}=${escaped(value)}`).join('&'));
const path = fc.oneof(
  fc.constantFrom(
    ...[
      'hello',
      'audit',
      'state',
      'entity',
      'density',
      'plan',
      'explain',
      'event/1',
      'causes/1',
    ].map((one) => `/api/${one}`),
    ...[
      '/',
      '/login',
      '/api/',
      '/api/__proto__',
      '/api/event/%00',
      '/assets/%2e%2e%2fx',
      '//',
      '*',
    ],
  ),
  odd.map((one) => `/api/event/${escaped(one)}`),
  odd.map((one) => `/api/causes/${escaped(one)}`),
  odd.map((one) => `/assets/${escaped(one)}`),
  odd.map((one) => `/api/charts/${escaped(one)}.svg`),
);

test('any request to the dashboard is answered, or refused with an error code', () =>
  fuzz(
    fc.record({ path, query, method: fc.constantFrom('GET', 'HEAD', 'GET', 'POST', 'PUT') }),
    async ({ path, query, method }) => {
      const { status, text } = await fetched(server.url, `${path}?${query}`, { method });
      expectDefined(status, text);
      await livesOn(server);
    },
    {
      examples: [
        {
          path: '/api/explain',
          query: `entity=${escaped(entity)}&at=${events[0]?.seq}`,
          method: 'GET',
        },
      ],
    },
  ));

const header = fc.tuple(
  fc.constantFrom(
    ...['host', 'origin', 'last-event-id', 'authorization', 'cookie', 'sec-fetch-site', 'x'],
    ...['accept-encoding', 'if-none-match', 'content-length', 'transfer-encoding', 'expect'],
  ),
  fc.oneof(odd, fc.constant('y'.repeat(40_000)), fc.constant('127.0.0.1'), fc.constant('chunked')),
);

test('the dashboard survives any headers, even incomplete ones', async () => {
  const { hostname, port } = new URL(server.url);
  await fuzz(
    fc.record({ path, headers: fc.array(header, { maxLength: 5 }), cut: fc.nat({ max: 3 }) }),
    async ({ path, headers, cut }) => {
      const lines = headers.map(([key, value]) => `${key}: ${value}`);
      const all = [`GET ${path} HTTP/1.1`, `host: ${hostname}`, ...lines, '', ''].join('\r\n');
      const said: string[] = [];
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () =>
          socket.write(cut === 0 ? all.slice(0, all.length >> 1) : all),
        );
        socket.on('error', () => {}).on('close', () => resolve());
        socket.on('data', (piece) => said.push(String(piece)));
        socket.setTimeout(10, () => socket.destroy());
      });
      expect(said.join('')).not.toMatch(/\n\s+at .*\.(?:ts|js):\d/);
      await livesOn(server);
    },
    { runs: 60 },
  );
});

const streamQuery = fc.oneof(
  query,
  odd.map((one) => `after=${escaped(one)}`),
  fc.constantFrom('', 'after=0', 'after=60', 'after=61', 'after=9007199254740991', 'after=-1'),
);

test('a stream requested with any query begins or is refused with an error code, and is closed', async () => {
  const { hostname, port } = new URL(server.url);
  await fuzz(
    fc.record({
      query: streamQuery,
      resume: fc.option(odd),
      accept: fc.constantFrom('', 'gzip', 'br', '*', 'gzip;q=0', 'identity;q=0, *;q=0'),
    }),
    async ({ query, resume, accept }) => {
      const lines = [
        `GET /api/stream?${query} HTTP/1.1`,
        `host: ${hostname}:${port}`,
        `accept-encoding: ${accept}`,
        ...(resume === null ? [] : [`last-event-id: ${resume.replace(/[^\x20-\x7e]/g, '?')}`]),
      ];
      const said = await new Promise<string>((resolve) => {
        let heard = '';
        const socket = connect(Number(port), hostname, () =>
          socket.write(`${lines.join('\r\n')}\r\n\r\n`),
        );
        // The first chunk is enough; then the browser disconnects.
        socket.on('data', (piece) => {
          heard += String(piece);
          if (heard.includes('\r\n\r\n')) socket.destroy();
        });
        socket.on('error', () => {}).on('close', () => resolve(heard));
      });
      const [, status = ''] = /^HTTP\/1\.1 (\d+)/.exec(said) ?? [];
      expect(['200', '400', '414', '431']).toContain(status);
      if (status === '200') expect(said).toMatch(/content-type: text\/event-stream/i);
      await livesOn(server);
    },
    { runs: 60 },
  );
  await vi.waitFor(() => expect(streams.open).toBe(0));
});

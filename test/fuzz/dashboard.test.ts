import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { planLive } from '../../src/composition/gc-plan-now.ts';
import { parseEntity } from '../../src/composition/names/entity-name.ts';
import { openRecording } from '../../src/dashboard/server/history/recorded-source.ts';
import { Actions } from '../../src/dashboard/server/routes/actions.ts';
import { Streams } from '../../src/dashboard/server/routes/event-stream.ts';
import { HostId } from '../../src/domain/identity/names.ts';
import { anyText } from '../arbitrary/names.ts';
import { apiOf, fetched, logged, served } from '../dashboard/server/support/test-server.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { FleetInMemory } from '../runtime/support/fleet-in-memory.ts';
import { fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const events = [...longHistory(60, { agents: 2 })];
const [{ text = '' } = {}] = events;
const entity = JSON.stringify(JSON.parse(text).of);
const forged = JSON.stringify({ ...JSON.parse(text), to: '__proto__.polluted.yes' });

const fleet = new FleetInMemory();
const streams = new Streams();
let server: Awaited<ReturnType<typeof served>>;
beforeAll(async () => {
  const [first, ...rest] = events;
  if (!first) throw new Error('the history is empty');
  const source = await openRecording('a test', historyOf([{ ...first, text: forged }, ...rest]));
  const { ports } = fleet.process('viewer');
  server = await served(
    apiOf(source, {
      streams,
      actions: new Actions(HostId.parse('viewer'), fleet.lease, ports, (of) =>
        planLive(of, fleet.lease, ports),
      ),
      subjectsOf: (name) => parseEntity(name).flatMap(({ own }) => own),
    }),
  );
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
const name = fc.constantFrom(
  ...['at', 'time', 'from', 'to', 'before', 'limit', 'full', 'name', 'bins', 'entity', 'event'],
  ...['collapsed', 'theme', '__proto__', 'constructor', 'at[]'],
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

/** An intended status, a fault if it is an error, and no internals of the program. */
function expectDefined(status: number, body: string): void {
  expect([200, 303, 304, 400, 401, 403, 404, 405, 409, 413, 414]).toContain(status);
  expect(body).not.toMatch(/\n\s+at .*\.(?:ts|js):\d/);
  if (status >= 400 && body.startsWith('{')) {
    expect(JSON.parse(body)).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
    });
  } else if (status >= 400) expect(body).toBe('');
}
const livesOn = async () => {
  expect((await fetched(server.url, '/api/hello')).status).toBe(200);
  expect(logged).toEqual([]);
};

test('any request to the dashboard is answered, or refused with an error code', () =>
  fuzz(
    fc.record({ path, query, method: fc.constantFrom('GET', 'HEAD', 'GET', 'POST', 'PUT') }),
    async ({ path, query, method }) => {
      const { status, text } = await fetched(server.url, `${path}?${query}`, { method });
      expectDefined(status, text);
      await livesOn();
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
      await livesOn();
    },
    { runs: 60 },
  );
});

/** Sends the request and advances the fleet's clock until the answer arrives. */
async function acted(action: string, body: string) {
  clicks += 1;
  const headers = {
    origin: server.url.slice(0, -1),
    'rollcall-request': `click-${String(clicks).padStart(6, '0')}`,
  };
  let over = false;
  const asked = fetched(server.url, `/api/actions/${action}`, { method: 'POST', headers, body })
    // The connection may close before the answer to a body that is too large is read.
    .catch((cause: NodeJS.ErrnoException) => {
      expect(body.length > 16_000 && ['EPIPE', 'ECONNRESET'].includes(cause.code ?? '')).toBe(true);
    })
    .finally(() => {
      over = true;
    });
  while (!over) {
    await fleet.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return asked;
}
let clicks = 0;
const written = () => fleet.audit.events.length;

const body = mutated(
  fc.constantFrom(
    { host: 'h1', agent: 'a', for: 60_000, why: 'x', as: 'ann' },
    { host: 'h1', as: 'ann' },
  ),
);

test('an action with any body is carried out, or refused with an error code and no write', () =>
  fuzz(
    fc.record({ body, action: fc.constantFrom('hold', 'release', '__proto__', 'hold/x') }),
    async ({ body, action }) => {
      const before = written();
      const answer = await acted(action, body);
      if (answer) expectDefined(answer.status, answer.text);
      if (answer?.status !== 200) expect(written()).toBe(before);
      await livesOn();
    },
    { runs: 80 },
  ));

const valid = fc.record({
  host: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  agent: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), { nil: undefined }),
  as: fc.option(fc.constantFrom('ann', 'bob'), { nil: undefined }),
});

test('an action with a valid body is carried out', () =>
  fuzz(
    fc.tuple(valid, fc.integer({ min: 1000, max: 30 * 86_400_000 }), fc.option(fc.constant('x'))),
    async ([place, lasts, why]) => {
      for (const [action, more] of [
        ['hold', { for: lasts, ...(why !== null && { why }) }],
        ['release', {}],
      ] as const) {
        const before = written();
        const answer = await acted(action, JSON.stringify({ ...place, ...more }));
        expect([answer?.status, answer?.text]).toEqual([200, expect.stringContaining('"did"')]);
        expect(written()).toBe(before + 1);
      }
      await livesOn();
    },
    { runs: 15 },
  ));

const broken = {
  'no host': { for: 60_000 },
  'a host that is no name': { host: '', for: 60_000 },
  'no duration': { host: 'h1' },
  'no time at all': { host: 'h1', for: 999 },
  'for ever': { host: 'h1', for: 30 * 86_400_000 + 1 },
  'part of a millisecond': { host: 'h1', for: 1000.5 },
  'a field too many': { host: 'h1', for: 60_000, until: 3 },
  'no reason but an empty one': { host: 'h1', for: 60_000, why: '' },
};

test.each(Object.entries(broken))(
  'a request for a hold with %s is refused and writes nothing',
  async (_, body) => {
    const before = written();
    expect((await acted('hold', JSON.stringify(body)))?.status).toBe(400);
    expect(written()).toBe(before);
  },
);

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
      await livesOn();
    },
    { runs: 60 },
  );
  await vi.waitFor(() => expect(streams.open).toBe(0));
});

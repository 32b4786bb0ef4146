import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetched } from '../../dashboard/server/support/test-server.ts';
import { fuzz } from '../support/fuzz.ts';
import { body, expectDefined, fleet, livesOn, startDashboard } from './fuzzed-dashboard.ts';

let server: Awaited<ReturnType<typeof startDashboard>>;
beforeAll(async () => {
  server = await startDashboard();
});
afterAll(() => server[Symbol.asyncDispose]());

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

test('an action with any body is carried out, or refused with an error code and no write', () =>
  fuzz(
    fc.record({ body, action: fc.constantFrom('hold', 'release', '__proto__', 'hold/x') }),
    async ({ body, action }) => {
      const before = written();
      const answer = await acted(action, body);
      if (answer) expectDefined(answer.status, answer.text);
      if (answer?.status !== 200) expect(written()).toBe(before);
      await livesOn(server);
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
      await livesOn(server);
    },
    { runs: 15 },
  ));

const broken = {
  'no host': { for: 60_000 },
  'a host that is not a name': { host: '', for: 60_000 },
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

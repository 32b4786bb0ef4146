import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Registrar } from '../../../src/adapters/local-api/registrar.ts';
import { serveApi } from '../../../src/adapters/local-api/serve-api.ts';
import { DurationOrMillis } from '../../../src/composition/time/duration.ts';
import type { HostId, Slot } from '../../../src/domain/identity/names.ts';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { fuzz } from '../support/fuzz.ts';

const slot = { host: 'h1' as HostId, agent: 'a' } as Slot;

/** Accepts everything that fits into a key, and fails the test for an instance that must not get here. */
const registrar: Registrar = {
  identity: () => ({ host: 'h1', agent: 'a', run: 'r', term: 1, state: 'serving' }),
  list: () => [],
  register: async ({ spec, ttl, check }) => {
    instanceKey({ ...slot, ...spec });
    if (ttl !== undefined && !(ttl >= 2000 && ttl <= 3_600_000)) throw new Error(`a ttl of ${ttl}`);
    if (check && 'exec' in check) throw new Error('a command');
    return { outcome: 'pending', isNew: true };
  },
  report: async () => 'unknown',
  beat: () => 'unknown',
  attach: () => 'unknown',
  deregister: async () => 'unknown',
};

let door: Awaited<ReturnType<typeof serveApi>> | undefined;
const warned: unknown[] = [];

beforeAll(async () => {
  door = await serveApi({
    address: { host: '127.0.0.1', port: 0 },
    token: undefined,
    registrar,
    duration: DurationOrMillis,
    log: { debug() {}, info() {}, warn: (_, fields) => void warned.push(fields) },
  });
});
afterAll(async () => {
  await door?.[Symbol.asyncDispose]();
  expect(warned).toEqual([]);
});

async function status(method: string, path: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const { port } = new URL(door?.url ?? '');
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS');
const part = fc.oneof(
  fc.constantFrom('v1', 'instances', 'agent', 'web', 'health', 'beat', 'attach', '..', '%', '%00'),
  fc.string({ unit: 'binary', maxLength: 40 }).map(encodeURIComponentSafely),
  fc.integer({ min: 300, max: 3000 }).map((length) => 'x'.repeat(length)),
);
const path = fc
  .array(part, { maxLength: 6 })
  .chain((parts) =>
    fc.constantFrom(
      `/${parts.join('/')}`,
      `/v1/instances/${parts.join('/')}`,
      `/v1/instances/web/${parts.join('/')}`,
    ),
  );
const health = fc.oneof(
  fc.jsonValue(),
  fc.record({ state: fc.constantFrom('serving', 'failing') }),
);
const document = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      port: fc.oneof(fc.integer(), fc.double(), fc.string()),
      address: fc.string({ unit: 'binary' }),
      labels: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
      health,
      ttl: fc.oneof(fc.double(), fc.constantFrom('2s', '1h', '99d', '-1s', '1e9s')),
      removeAfter: fc.oneof(fc.double(), fc.constantFrom('2s', '1h')),
      check: fc.oneof(
        fc.jsonValue(),
        fc.record({ exec: fc.array(fc.string()) }),
        fc.record({ tcp: fc.string() }),
      ),
    },
    { requiredKeys: [] },
  ),
);

function encodeURIComponentSafely(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

describe('the local API', () => {
  test('answers any request with a status that tells whose fault it is, never with a failure', async () => {
    await fuzz(fc.tuple(method, path, document), async ([how, where, body]) => {
      expect(await status(how, where, JSON.stringify(body))).toBeLessThan(500);
    });
  });

  test('answers or closes for any bytes, and keeps serving', async () => {
    await fuzz(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const { port } = new URL(door?.url ?? '');
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
      expect(await status('GET', '/v1/agent', '')).toBe(200);
    });
  });
});

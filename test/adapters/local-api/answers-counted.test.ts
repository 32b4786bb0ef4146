import { expect, it } from 'vitest';
import type { Registrar } from '../../../src/adapters/local-api/registrar.ts';
import { serveApi } from '../../../src/adapters/local-api/serve-api.ts';
import { DurationOrMillis } from '../../../src/composition/time/duration.ts';

const registrar: Registrar = {
  identity: () => ({ host: 'h1', agent: 'a', run: 'r', term: 1, state: 'serving' }),
  list: () => [],
  register: async () => ({ outcome: 'pending', isNew: true }),
  report: async () => 'unknown',
  beat: () => 'unknown',
  attach: () => 'unknown',
  deregister: async () => 'unknown',
};

it('the local API counts its answers by their outcome', async () => {
  const outcomes: string[] = [];
  await using door = await serveApi({
    address: { host: '127.0.0.1', port: 0 },
    token: undefined,
    registrar,
    duration: DurationOrMillis,
    log: { debug() {}, info() {}, warn() {} },
    metrics: { doorAnswered: (name, outcome) => void outcomes.push(`${name} ${outcome}`) },
  });
  await fetch(`${door.url}/v1/agent`);
  await fetch(`${door.url}/v1/instances/web/w1/beat`, { method: 'POST' });
  expect(outcomes).toEqual(['api ok', 'api not-found']);
});

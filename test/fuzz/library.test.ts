import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fault } from '../../src/domain/fault.ts';
import { openDirectory, replay, startAgent, startCollector } from '../../src/index.ts';
import { anyText } from '../arbitrary/names.ts';
import { foreseen, fuzz } from './support/fuzz.ts';

let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(stateDir, { recursive: true }));

const anything = fc.oneof(
  fc.jsonValue(),
  anyText,
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    1e300,
    -1,
    Symbol('x'),
    10n,
    () => 1,
    new Date(Number.NaN),
  ),
);

/** Options as an untyped program may pass them; no server listens at the address. */
const options = fc
  .record(
    {
      ...{ name: anything, host: anything, ttl: anything, grace: anything, namespace: anything },
      ...{ instances: fc.oneof(anything, fc.array(fc.dictionary(fc.string(), anything))) },
      ...{ zone: anything, address: anything, drain: anything, seatsEvery: anything, at: anything },
      ...{ takeover: anything, whenExpired: anything, collect: anything, file: anything },
    },
    { requiredKeys: [] },
  )
  .map((odd) => ({
    name: 'a',
    at: 'now',
    ...odd,
    servers: 'nats://127.0.0.1:1',
    connectWithin: 1,
    stateDir,
  }));

const entries: readonly [string, (options: never) => Promise<unknown>][] = [
  ['startAgent', startAgent],
  ['startCollector', startCollector],
  ['openDirectory', openDirectory],
  ['replay', replay],
];

test.each(entries)('%s refuses any invalid options with a fault', (_, open) =>
  fuzz(
    options,
    async (odd) => {
      const opened = await foreseen(() => open(odd as never));
      expect(opened).toBeInstanceOf(Fault);
    },
    { runs: 40 },
  ),
);

test('an address that is not a host address is refused before it is written', async () => {
  const refused = await foreseen(() =>
    startAgent({ name: 'a', host: 'h', servers: 'nats://127.0.0.1:1', address: 5 as never }),
  );
  expect(refused).toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('address'),
  });
});

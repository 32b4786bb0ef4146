import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../src/ports/metrics.ts';
import type { WatchEvent } from '../../src/ports/watch.ts';
import { Directory } from '../../src/runtime/directory/directory.ts';

it('a view is not ready before it knows whether a collector is active', async () => {
  const seats = Promise.withResolvers<[]>();
  const empty: WatchEvent = { kind: 'snapshot', entries: [], upTo: 1 };
  const ports = {
    clock: systemClock,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    metrics: noopMetrics,
    leases: { list: () => seats.promise },
    registry: {
      async *watch() {
        yield empty;
      },
    },
  };
  await using directory = new Directory(ports as never, { seatsEvery: 60_000 });
  let ready = false;
  const becoming = directory.ready.then(() => {
    ready = true;
  });
  await systemClock.sleep(20);
  expect(ready).toBe(false);
  seats.resolve([]);
  await becoming;
  expect(directory.observed).toBe(false);
});

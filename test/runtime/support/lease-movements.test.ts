import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { LeaseMovements } from '../../../src/runtime/support/lease-movements.ts';

const lease = { key: 'run.h1.a.run00001', revision: 7, text: '{}' };

test('a lease with the same revision for two ttls, by reads of this process, is unmoved', async () => {
  const clock = new VirtualClock();
  const movements = new LeaseMovements(clock);
  movements.record([lease]);
  await clock.advance(12_000);
  movements.record([lease]);
  expect(movements.isUnmoved(lease, 6000)).toBe(true);
});

test('a read that was asked for long ago does not show that a lease is unmoved', async () => {
  const clock = new VirtualClock();
  const movements = new LeaseMovements(clock);
  movements.record([lease]);
  await clock.advance(1000);
  const asked = clock.monotonic();
  await clock.advance(60_000);
  movements.record([lease]);
  expect(movements.isUnmoved(lease, 6000, asked)).toBe(false);
});

import { expect, test, vi } from 'vitest';
import { sleep } from '../../../../src/adapters/nats/connection/backoff.ts';
import { TurningTime } from '../../../../src/adapters/nats/connection/turning-time.ts';
import { standStill } from './stand-still.ts';

test('a time in which the event loop stood still counts half a second at most', async () => {
  let isOver = false;
  const time = new TurningTime(1000, () => {
    isOver = true;
  });
  standStill(1500);
  await sleep(1);
  expect(isOver).toBe(false);
  expect(time.elapsed).toBeLessThan(750);
  await vi.waitUntil(() => isOver, 10_000);
  expect(time.elapsed).toBe(1000);
});

import { env } from 'node:process';
import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { playFleet } from './fleet-story.ts';

/** Small enough for every run of the tests; `npm run fleet` plays it with ten thousand. */
test('a fleet brakes when half of a zone dies, and not when as many die across the other zones', async () => {
  const controller = new AbortController();
  const { quiet, zone, spread, divergences, standing } = await playFleet({
    binary: env['ROLLCALL_NATS_SERVER'] ?? '',
    agents: 300,
    lease: { ttl: seconds(6), grace: seconds(4) },
    quiet: seconds(8),
    seats: 3,
    killSeat: true,
    say: () => {},
    signal: controller.signal,
  });
  expect(quiet).toMatchObject({ suspected: 0, expired: 0 });
  expect(zone.brakes.map(({ zone }) => zone)).toEqual(['a']);
  expect(zone.braked.seen).toBe(60);
  expect(zone.braked.suspect).toBeGreaterThan(18);
  // One run in 50 ms, of all seats together.
  expect(zone.paced).toBeLessThan(21);
  expect(spread.brakes).toEqual([]);
  expect(divergences).toEqual([]);
  expect(standing.live).toBe(standing.expected);
}, 240_000);

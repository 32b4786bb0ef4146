import { env } from 'node:process';
import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { playPowerCut } from './power-cut-story.ts';

/** Small enough for the tests; `npm run power-cut` plays it with ten thousand. */
test.each([1, 3] as const)(
  'a fleet on %i servers is back after a power cut, and no returned agent is suspected',
  async (servers) => {
    const agents = 100;
    const { first, back, divergences } = await playPowerCut({
      ...{ env, agents, servers },
      lease: { ttl: seconds(8), grace: seconds(8) },
      off: seconds(20),
      quiet: seconds(10),
      say: () => {},
      signal: new AbortController().signal,
    });
    expect(back).toMatchObject({ suspected: 0, expired: 0, live: agents });
    expect(divergences).toEqual([]);
    // A record and two events for the agent, the same for its instance, and the events of its session and of the collector: 8.8 to 9.1 measured.
    expect(first.messagesEach).toBeLessThan(10);
    expect(back.messagesEach).toBeLessThan(14);
  },
  240_000,
);

import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';

/** CPU cost of a renewal, relative to the minimum with the bare client. */
export const heartbeat: Benchmark = {
  name: 'heartbeat',
  takes: (quick) => seconds(quick ? 6 : 20),

  async measure(stage) {
    stage.say('renewing leases, and as many bare publishes in turns');
    const task = { rounds: stage.quick ? 9 : 41, renewals: 4000, atOnce: 200 };
    const { answer } = await stage.start('renew', task);
    return [
      {
        name: heartbeat.name,
        what: 'client CPU for one heartbeat',
        unit: 'µs',
        samples: answer.ours,
        floor: { what: 'a bare publish with TTL and compare-and-set', samples: answer.bare },
        limit: { of: 'times-floor', atMost: 1.2 },
      },
    ];
  },
};

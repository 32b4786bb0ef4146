import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';

const events = 100_000;
const roundsOf = (quick: boolean): number => (quick ? 3 : 11);

/** How fast a recorded history is replayed through the machines and the fold. */
export const replay: Benchmark = {
  name: 'replay',
  takes: (quick) => seconds(10) + roundsOf(quick) * seconds(2),

  async measure(stage) {
    stage.say(`replaying ${events} events repeatedly`);
    const { answer } = await stage.start('replay', { events, rounds: roundsOf(stage.quick) });
    return [
      {
        name: replay.name,
        what: `transitions replayed, of a history of ${events}`,
        unit: '/s',
        samples: answer.ours,
        floor: { what: 'JSON.parse and SHA-256 of the same texts', samples: answer.bare },
        limit: { of: 'median', atLeast: 60_000 },
      },
    ];
  },
};

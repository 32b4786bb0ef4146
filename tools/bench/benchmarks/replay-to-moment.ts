import type { Benchmark } from '../benchmark.ts';
import { fillAudit } from '../fixture/fill-audit.ts';
import type { Replaying } from '../processes/job.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

const eventsOf = (quick: boolean): number => (quick ? 50_000 : 1_000_000);
/** Number of events after the last keyframe: the average. */
const tail = 5000;
/** Maximum ratio to the replay without keyframes. In a short history a keyframe saves less. */
const limitOf = (quick: boolean): number => (quick ? 0.6 : 0.1);
const roundsOf = (quick: boolean): number => (quick ? 3 : 5);

/** Replays a long history on a server to its end, each time in a new process. */
export const at: Benchmark = {
  name: 'at',
  takes: (quick) => (eventsOf(quick) / 2000 + (roundsOf(quick) * eventsOf(quick)) / 40_000) * 1000,

  async measure(stage) {
    const { quick, say } = stage;
    const { events, keyframe } = await fillAudit(eventsOf(quick), tail, stage);
    const ours: Replaying[] = [];
    const bare: Replaying[] = [];
    for (let round = 1; round <= roundsOf(quick); round += 1) {
      say(`replaying to the end, ${round} of ${roundsOf(quick)}`);
      await using keyed = await stage.start('replay-at', { keyframes: true });
      ours.push(keyed.answer);
      await using whole = await stage.start('replay-at', { keyframes: false });
      bare.push(whole.answer);
    }
    for (const one of [...ours, ...bare]) {
      const from = ours.includes(one) ? keyframe : 0;
      if (one.keyframe !== from) throw new Error(`replayed from ${one.keyframe}, not ${from}`);
      if (one.records !== bare[0]?.records)
        throw new Error('the replays with and without keyframes gave different numbers of records');
    }
    const { folded = 0, records = 0 } = ours[0] ?? {};
    return [
      {
        name: at.name,
        what: `audit replay --at the end of ${events} events, with keyframes`,
        unit: 'ms',
        samples: ours.map(({ took }) => took),
        floor: { what: 'without keyframes', samples: bare.map(({ took }) => took) },
        limit: { of: 'times-floor', atMost: limitOf(quick) },
        notes: { folded, records, faster: `${formatSignificant(ratio(bare, ours))}×` },
      },
    ];
  },
};

const ratio = (bare: readonly Replaying[], ours: readonly Replaying[]): number =>
  median(bare.map(({ took }) => took)) / median(ours.map(({ took }) => took));

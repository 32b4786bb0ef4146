import type { RunRef } from '../../../src/domain/identity/names.ts';
import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Shape } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';
import { Ability } from './ability.ts';
import type { Checker } from './checks.ts';

/**
 * A collector that saw a hold expires no run under it before ttl and grace have passed after its end:
 * silence under a hold does not count.
 */
export const afterAHold: Checker = {
  guarantee: 'silence under a hold does not count',
  of: (sim, complain) => {
    const ability = new Ability(sim);
    const plannedAt = new Map<string, MonotonicTime>();
    /** Only of holds that stood for long enough to be seen by every sweep. */
    const endedAt = new Map<string, MonotonicTime>();
    const startedAt = new Map<string, MonotonicTime>();
    return {
      onWritten: ({ at, events }) => {
        for (const { of, event, actor } of events) {
          if (of.entity === 'hold') {
            const key = holdKey(of.host, of.agent);
            if (event.type === 'planned') plannedAt.set(key, at);
            const stood = at - (plannedAt.get(key) ?? Number.NEGATIVE_INFINITY);
            if (ends.has(event.type) && stood > noticedWithin(sim)) endedAt.set(key, at);
          }
          if (of.entity === 'run' && event.type === 'started') startedAt.set(of.run, at);
          if (of.entity !== 'run' || event.type !== 'expired') continue;
          const keys = [holdKey(of.host), holdKey(of.host, of.agent)];
          const end = Math.max(...keys.map((key) => endedAt.get(key) ?? Number.NEGATIVE_INFINITY));
          // A run that started later was never under the hold.
          if ((startedAt.get(of.run) ?? 0) > end) continue;
          const due = boundFor(actor, end, ability, sim);
          if (at - end < due) complain(`${of.run} expired ${at - end} ms after a hold, not ${due}`);
        }
      },
      onLook: () => ability.look(),
    };
  },
};

/** How long after the end of the hold this collector must wait; 0 if it may not have seen the hold. */
function boundFor(
  { run }: RunRef,
  end: MonotonicTime,
  ability: Ability,
  { roster, shape }: Simulated,
): number {
  const { ttl, grace } = shape.lease;
  const collector = roster.collectors.get(run);
  const ableSince = collector && ability.since(collector);
  // It saw the hold at its last sweep before the end.
  if (ableSince === undefined || ableSince > end - noticedWithin({ shape })) return 0;
  return (ttl + grace) * (1 - 2 * shape.drift) - 1 - betweenSweeps(shape);
}

const betweenSweeps = ({ sweepEvery, slack }: Shape): Millis => sweepEvery + slack;

/** A hold is seen by sweeps: one that was released sooner may have been between two of them. */
const noticedWithin = ({ shape }: Pick<Simulated, 'shape'>): Millis =>
  2 * betweenSweeps(shape) + seconds(1);

const ends: ReadonlySet<string> = new Set(['released', 'ran-out']);

import { expect, it } from 'vitest';
import { canContinueFrom, LossTimeline } from '../../../src/domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../../src/domain/store-history/store-loss.ts';

const lostTail: StoreLoss = { kind: 'registry-lost-tail', kept: 20, origin: 40, seq: 4 };

/** Reads events with these revisions; the state is how many were read. Returns the turns by event. */
function turns(
  losses: readonly StoreLoss[],
  origins: readonly number[],
  from = { seq: 0, origin: 0 },
) {
  const timeline = new LossTimeline<number>(losses);
  timeline.beginAfter(from);
  return origins.map((origin, index) => {
    const seq = from.seq + index + 1;
    timeline.enter(origin, () => seq - 1);
    return [...timeline.leave(seq, origin)];
  });
}

it('a history goes back to the state before the branch that a lost tail undid', () => {
  expect(turns([lostTail], [10, 20, 30, 40, 50])).toEqual([
    ...[[], [], [], [{ kind: 'back', to: 2 }], []],
  ]);
});

it('a history without a loss is continuous', () => {
  expect(turns([{ ...lostTail, kept: 40 }], [10, 20, 30, 40, 50]).flat()).toEqual([]);
});

it('a history after a gap in the audit has no earlier events', () => {
  const gap: StoreLoss = { kind: 'audit-lost-tail', kept: 20, origin: 40, seq: 2 };
  expect(turns([gap], [10, 20, 40])).toEqual([[], [{ kind: 'unknown' }], []]);
});

it('a history that is read from within an undone branch has no earlier events', () => {
  expect(turns([lostTail], [40, 50], { seq: 3, origin: 30 })).toEqual([[{ kind: 'unknown' }], []]);
  expect(canContinueFrom({ seq: 3, origin: 30 }, [lostTail])).toBe(false);
});

it('a history that is read from after a loss already includes the loss', () => {
  expect(turns([lostTail], [50, 60], { seq: 5, origin: 50 }).flat()).toEqual([]);
  expect(canContinueFrom({ seq: 5, origin: 50 }, [lostTail])).toBe(true);
  expect(canContinueFrom({ seq: 2, origin: 20 }, [lostTail])).toBe(true);
});

it('two losses that undo the same events both go back to their own states', () => {
  const second: StoreLoss = { ...lostTail, kept: 10, origin: 60, seq: 5 };
  expect(turns([second, lostTail], [10, 20, 30, 40, 60, 70])).toEqual([
    ...[[], [], [], [{ kind: 'back', to: 2 }], [{ kind: 'back', to: 1 }], []],
  ]);
});

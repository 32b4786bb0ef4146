import type { Happening, Schedule } from './schedule/fault.ts';
import type { Shape } from './schedule/parameters.ts';
import { peace } from './schedule/schedule.ts';
import type { Played } from './simulate.ts';
import { simulate } from './simulate.ts';

/** A smaller schedule that breaks the same guarantee, and its result. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly played: Played;
}

/**
 * Drops faults as long as the same guarantee is still broken (delta debugging), then makes the fleet
 * smaller. What is left keeps its moment: a pause goes over to the next.
 *
 * @param isOver asked between two attempts: the best so far is good enough
 */
export async function shrink(failed: Shrunk, isOver: () => boolean): Promise<Shrunk> {
  const broken = new Set(failed.played.complaints.map(({ guarantee }) => guarantee));
  let best = failed;
  const attempt = async (schedule: Schedule): Promise<boolean> => {
    const played = await simulate(schedule);
    if (!played.complaints.some(({ guarantee }) => broken.has(guarantee))) return false;
    best = { schedule, played };
    return true;
  };
  for (let size = best.schedule.happenings.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.schedule.happenings.length && !isOver(); ) {
      const happenings = without(best.schedule.happenings, at, size);
      const isLess = happenings.length < best.schedule.happenings.length;
      if (!isLess || !(await attempt({ ...best.schedule, happenings }))) at += size;
    }
  }
  for (const smaller of smallerShapes) {
    while (!isOver()) {
      const shape = smaller(best.schedule.shape);
      if (!shape || !(await attempt({ ...best.schedule, shape }))) break;
    }
  }
  return best;
}

/** The last entry is always `peace`: without it no checker runs. */
function without(all: readonly Happening[], at: number, size: number): readonly Happening[] {
  const gone = all.slice(at, at + size);
  const [next, ...rest] = all.slice(at + size);
  const waited = gone.reduce((sum, { after }) => sum + after, 0);
  const left = next ? [{ ...next, after: next.after + waited }, ...rest] : [];
  const kept = [...all.slice(0, at), ...left];
  return kept.at(-1)?.what === peace ? kept : [...kept, { after: next ? 0 : waited, what: peace }];
}

const oneLess =
  (what: 'hosts' | 'agentsPerHost' | 'collectors' | 'consumers' | 'instances') =>
  (shape: Shape): Shape | undefined =>
    shape[what] > 1 ? { ...shape, [what]: shape[what] - 1 } : undefined;

const smallerShapes = [
  oneLess('hosts'),
  oneLess('agentsPerHost'),
  oneLess('collectors'),
  oneLess('consumers'),
  oneLess('instances'),
  (shape: Shape) => (shape.shared ? { ...shape, shared: false } : undefined),
  (shape: Shape) => (shape.drift > 0 ? { ...shape, drift: 0 } : undefined),
  (shape: Shape) => (shape.slack > 0 ? { ...shape, slack: 0 } : undefined),
  (shape: Shape) => (shape.sweepEvery > 100 ? { ...shape, sweepEvery: 100 } : undefined),
];

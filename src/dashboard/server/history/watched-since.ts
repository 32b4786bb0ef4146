import { watchedSince } from '../../../domain/fleet/observation.ts';
import type { WallTime } from '../../../domain/time.ts';
import { collectorFacts } from '../../history/status-facts.ts';
import type { Source } from './live-source.ts';

/** Since when the collectors that have a seat now watch, by the history in memory; 0: not known. */
export function watchedNow(source: Pick<Source, 'index' | 'seats' | 'now'>): WallTime {
  const index = source.index();
  const runs = source.seats() ?? [];
  const now = source.now();
  const { states } = index.stateAt({ seq: index.last });
  const collectors = [...states].flatMap(([number, { to, since, origin }]) => {
    const of = index.entity(number);
    if (of.entity !== 'collector' || !runs.includes(of.run)) return [];
    return collectorFacts({ state: index.words.at(to), since, origin }, now);
  });
  return watchedSince(collectors, now);
}

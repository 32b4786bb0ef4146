import { diffStates } from './compare-moments.ts';
import { flapsAt } from './flap-queries.ts';
import { density, edgeCounts } from './histogram-queries.ts';
import type { Query } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';
import { activeEntities, byType, historyOf, lanes, step, timesOf } from './transition-queries.ts';

/** Runs a query against the loaded history. */
export function runQuery(log: TransitionLog, question: Query) {
  switch (question.ask) {
    case 'density':
      return density(log, question.from, question.to, question.bins);
    case 'lanes':
      return lanes(log, question);
    case 'history':
      return historyOf(log, question.entities, question.upTo);
    case 'edges':
      return edgeCounts(log, question);
    case 'step':
      return step(log, question);
    case 'between':
      return diffStates(log, question.a, question.b);
    case 'found':
      return byType(log, question.types, question.upTo);
    case 'stirred':
      return activeEntities(log, question.from, question.to);
    case 'when':
      return timesOf(log, question.seqs);
    case 'flaps':
      return flapsAt(log, question.at);
    case 'after': {
      const row = log.rowAtTime(question.at) + 1;
      return row < log.end ? log.at.get(row) : question.at;
    }
    default:
      return question satisfies never;
  }
}

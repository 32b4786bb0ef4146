import { density, diffStates, edgeCounts } from './histogram-queries.ts';
import type { Query } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';
import { activeEntities, byType, historyOf, lanes, step, timesOf } from './transition-queries.ts';

/** What the history says to a question. */
export function runQuery(chronicle: TransitionLog, question: Query) {
  switch (question.ask) {
    case 'density':
      return density(chronicle, question.from, question.to, question.bins);
    case 'lanes':
      return lanes(chronicle, question);
    case 'history':
      return historyOf(chronicle, question.entities, question.upTo);
    case 'edges':
      return edgeCounts(chronicle, question);
    case 'step':
      return step(chronicle, question);
    case 'between':
      return diffStates(chronicle, question.a, question.b);
    case 'found':
      return byType(chronicle, question.types, question.upTo);
    case 'stirred':
      return activeEntities(chronicle, question.from, question.to);
    case 'when':
      return timesOf(chronicle, question.seqs);
    case 'after': {
      const row = chronicle.rowAtTime(question.at) + 1;
      return row < chronicle.end ? chronicle.at.get(row) : question.at;
    }
    default:
      return question satisfies never;
  }
}

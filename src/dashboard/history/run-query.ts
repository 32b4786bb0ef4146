import { dwell } from './dwell-times.ts';
import { between, density, edgeCounts } from './histogram-queries.ts';
import type { Question } from './query-types.ts';
import type { Chronicle } from './transition-log.ts';
import { found, historyOf, lanes, registered, step, stirred, when } from './transition-queries.ts';

/** What the history says to a question. */
export function answer(chronicle: Chronicle, question: Question) {
  switch (question.ask) {
    case 'density':
      return density(chronicle, question.from, question.to, question.bins);
    case 'lanes':
      return lanes(chronicle, question);
    case 'history':
      return historyOf(chronicle, question.entities, question.upTo);
    case 'registered':
      return registered(chronicle, question);
    case 'edges':
      return edgeCounts(chronicle, question);
    case 'dwell':
      return dwell(chronicle, question);
    case 'step':
      return step(chronicle, question);
    case 'between':
      return between(chronicle, question.a, question.b);
    case 'found':
      return found(chronicle, question.types, question.upTo);
    case 'stirred':
      return stirred(chronicle, question.from, question.to);
    case 'when':
      return when(chronicle, question.seqs);
    case 'after': {
      const row = chronicle.rowAtTime(question.at) + 1;
      return row < chronicle.end ? chronicle.at.get(row) : question.at;
    }
    default:
      return question satisfies never;
  }
}

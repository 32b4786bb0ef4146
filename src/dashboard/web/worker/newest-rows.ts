import { TransitionLog } from '../../history/transition-log.ts';
import { apiPath } from '../protocol/api-path.ts';
import { parseState } from '../protocol/parse-response.ts';
import { ask, pages } from './event-source.ts';

/** How many rows of the history are in memory, about 80 bytes each. */
export interface RowLimits {
  /** Loaded at the beginning. */
  readonly first: number;
  /** With more than this, the history is replaced by its newest `kept` rows. */
  readonly most: number;
  readonly kept: number;
}

export const rowLimits: RowLimits = { first: 1_000_000, most: 1_200_000, kept: 600_000 };

/**
 * Loads the newest part of the history, from `count` sequences back.
 * @param head the newest sequence; it may grow while this loads
 */
export async function newestRows(count: number, head: () => number): Promise<TransitionLog> {
  const log = new TransitionLog();
  log.begin(await ask(apiPath(`state?at=${Math.max(0, head() - count)}`), parseState));
  while (log.to < head()) {
    const before = log.to;
    for await (const page of pages(log.to + 1, head())) log.append(page);
    if (log.to === before) throw new Error('the server sent no newer page');
  }
  log.complete();
  return log;
}

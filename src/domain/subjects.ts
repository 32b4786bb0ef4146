import type { ChainRef } from './events.ts';
import { slotTokens } from './keys.ts';
import type { RunRef } from './names.ts';
import { encodeToken } from './token.ts';

/**
 * Where an event goes, below the namespace's `event.`; every event has a subject of its own.
 *
 * The number of tokens after the run tells the entities apart: `<n>` the run itself,
 * `session.<n>` its process, `<service>.<id>.<n>` an instance as this run owns it.
 */
export function eventSubject(of: ChainRef, n: number): string {
  const run = `${slotTokens(of)}.${of.run}`;
  switch (of.entity) {
    case 'run':
      return `${run}.${n}`;
    case 'session':
    case 'collector':
      return `${run}.${of.entity}.${n}`;
    case 'instance':
      return `${run}.${encodeToken(of.service)}.${encodeToken(of.id)}.${n}`;
    default:
      return of satisfies never;
  }
}

/** The run's own subject, below the namespace's `run.`: it is asked and told there. */
export const runSubject = (of: RunRef): string => `${slotTokens(of)}.${of.run}`;

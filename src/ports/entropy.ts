import type { RunId } from '../domain/identity/names.ts';

/** Random ids and fractions: unguessable, without collisions. */
export interface Entropy {
  runId(): RunId;
  /** An event id. */
  eventId(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

import type { RunId } from '../domain/identity/names.ts';

/** Whatever must not be guessed or must not coincide. */
export interface Entropy {
  runId(): RunId;
  /** An event id. */
  eventId(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

import type { CommitProgress, RecordUpdate } from '../../../domain/replay/fold.ts';
import type { RegistrySource } from '../../../domain/replay/keyframe-format.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { ChainIndex } from './chain-index.ts';
import type { Predecessor } from './check-event.ts';
import type { KeyClaim } from './signature-checker.ts';

/** The state of a verification: enough to continue from it. */
export interface Checkpoint {
  /** When the audit stored the last event. */
  readonly at: WallTime;
  readonly seq: Revision;
  readonly origin: Revision;
  readonly events: number;
  readonly chains: ReturnType<ChainIndex['toJSON']>;
  readonly predecessors: readonly (readonly [string, Predecessor])[];
  readonly records: readonly RecordUpdate[];
  /** The commit of the last events: more events of it may follow. */
  readonly commit: CommitProgress;
  readonly notes: VerifierNotes;
  /** The digest over the hashes of all events so far, in order. */
  readonly digest: string;
  /** The keys of actors without a chain of their own so far. Not in a keyframe. */
  readonly claims?: readonly (readonly [string, KeyClaim])[];
  /** Set if the first events are missing: chains may have begun before. */
  readonly trimmed?: boolean;
  /** The digest began later than with the first event. Absent in checkpoints of old versions. */
  readonly partialDigest?: boolean;
  /** Of a keyframe: set if the events alone do not give its state. */
  readonly source?: RegistrySource;
}

/** Facts that are not divergences but worth reporting. */
export interface VerifierNotes {
  /** Transitions that a process lost, as it reported itself. */
  readonly lost: number;
  /** Events with an unknown chart: their targets could not be checked. */
  readonly unknownCharts: number;
  /** Events without a signature. */
  readonly unsignedEvents: number;
  /** Events whose own time is minutes from when they were stored. */
  readonly clocksApart: number;
}

export const noNotes: VerifierNotes = {
  lost: 0,
  unknownCharts: 0,
  unsignedEvents: 0,
  clocksApart: 0,
};

import type { Revision } from '../../domain/time.ts';
import type { AnchorReport } from './anchors/anchor-checker.ts';
import type { Checkpoint, VerifierNotes } from './verifier/checkpoint.ts';
import type { KnownLosses } from './verifier/recorded-losses.ts';

/** The result of a verification. */
export interface VerifyReport {
  /** The first event of the history: above 1, it was trimmed. */
  readonly first: Revision;
  /** The keyframe from which a trimmed history was replayed; 0: none was needed, or none fits. */
  readonly begunFrom: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly divergences: number;
  /** Number of keyframes that were compared with the history. */
  readonly keyframes: number;
  readonly notes: VerifierNotes & {
    /** Ended processes without a final event. */
    readonly lostTails: number;
    /** Keyframes that no collector has signed: they are not used as a start. */
    readonly unsigned: number;
    /** Keyframes that only an event without a signature signs: those of older versions. */
    readonly unsignedKeyframes: number;
    /** Records that no event explains, because the audit lost it: a signed keyframe has them from the registry. */
    readonly fromRegistry: number;
    /** Whether the audit still had to copy events of the registry when it was compared: differences may be only that. */
    readonly behind: boolean;
  };
  readonly anchors: AnchorReport;
  /** Losses of the store that the history tells of: what they undid or took is no divergence. */
  readonly losses: KnownLosses['recorded'];
  readonly checkpoint: Checkpoint;
}

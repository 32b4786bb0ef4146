import type { AgentRecord, InstanceRecord, SuspectReason } from '../records/schemas.ts';
import type { WallTime } from '../time.ts';

/** The part of an agent's record, and of the hold on it, that a status depends on. */
export interface AgentFacts {
  readonly run: string;
  readonly phase: AgentRecord['phase'];
  /** Set while the run is suspect, and after it expired. */
  readonly suspect?: { readonly reason: SuspectReason; readonly since: WallTime } | undefined;
  readonly since: WallTime;
  readonly startedAt: WallTime;
  /** Whether a hold covers the agent: its silence is planned. */
  readonly isHeld: boolean;
}

/** The part of an instance's record that a status depends on, with the record of its agent. */
export interface InstanceFacts {
  readonly run: string;
  readonly state: InstanceRecord['state'];
  readonly since: WallTime;
  /** The fencing token, or any number that orders registrations as tokens do. */
  readonly token: number;
  readonly registeredAt: WallTime;
  readonly agent: AgentFacts | 'absent' | 'unreadable';
  /** Since when an operator drains it or its host; absent: no operator does. */
  readonly drainedSince?: WallTime | undefined;
}

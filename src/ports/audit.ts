import type { Retention } from '../domain/policy/fleet-policy.ts';
import type { HistoryStart } from '../domain/replay/history-start.ts';
import type { StoreLoss } from '../domain/store-history/store-loss.ts';
import type { Revision, WallTime } from '../domain/time.ts';
import type { EventWrite } from './registry.ts';

/** An event in the audit stream, not yet parsed. */
export interface StoredEvent {
  /** Its sequence in the audit stream. */
  readonly seq: Revision;
  /** Its sequence in the registry's stream, which orders all writes. */
  readonly origin: Revision;
  /** When the audit stored it, by the server's clock. It never decreases with `seq`. */
  readonly storedAt: WallTime;
  /** Its subject below the namespace. */
  readonly subject: string;
  readonly text: string;
  /**
   * How many copies of earlier events the store has right before it. They are left out: a registry that was
   * restored while the servers ran is copied again.
   */
  readonly copiesBefore?: number;
  /** Set when the stored message is damaged: why it cannot be read as an event (G12). */
  readonly illegible?: string;
}

/** What a retention removes from the front of the history. */
export interface Trim {
  /** The number of events. Of a size it is estimated from the average, and `isEstimate`. */
  readonly events: number;
  readonly isEstimate: boolean;
  /** The first event that stays, and when it was stored; undefined: none stays. */
  readonly oldest: { readonly seq: Revision; readonly storedAt: WallTime } | undefined;
  /** Why `limit` would refuse this retention now; undefined: it would not. */
  readonly refusal: string | undefined;
}

/** The append-only log of all transitions. Events of records arrive here through the registry's commits. */
export interface Audit {
  /**
   * Appends an event of a process without a record, exactly once. After a lost acknowledgement it looks
   * the event up. `already` means that an event exists under this subject.
   *
   * `isNew`: it was never sent before, and nobody else writes under its subject. Then it is not looked up before it
   * is sent. Never for an event whose append has failed.
   * @throws {Fault} `store-unavailable`; it may or may not have been stored; append it again
   */
  append(event: EventWrite, isNew?: boolean): Promise<'appended' | 'already'>;

  /**
   * Reads the events from `from` (inclusive; 0: the first) to the current end, in order, each once.
   * `filters` are subject patterns below the namespace.
   * @throws {Fault} `store-unavailable`
   */
  read(from: Revision, filters?: readonly string[]): AsyncIterable<StoredEvent>;

  /** Like `read`, then new events until `signal` aborts. Redelivers what a gap in delivery missed. */
  follow(
    from: Revision,
    signal: AbortSignal,
    filters?: readonly string[],
  ): AsyncIterable<StoredEvent>;

  /**
   * The sequences of the first and the last event; `last` 0: no event yet. `createdAt`: when the store
   * created the stream, if there is one.
   */
  range(): Promise<{
    readonly first: Revision;
    readonly last: Revision;
    readonly createdAt?: WallTime;
  }>;

  /**
   * Removes the events from the outbox that the audit provably has, oldest first, except the last one.
   * Does nothing unless the audit's last event is still in the outbox.
   *
   * If the registry lost its tail, this first puts the store in order: no revision is ever used again, and
   * events that the audit cannot reach are written again. Every write does the former too, before it is
   * stored. The loss stays in `losses` until it is settled.
   * @returns how many were removed
   * @throws {Fault} `history-lost`: the audit lost events, and nothing is removed; `store-unavailable`
   */
  tidy(): Promise<number>;

  /**
   * Whether the registry has events that the audit has not copied yet.
   * @throws {Fault} `store-unavailable`
   */
  isBehind(): Promise<boolean>;

  /**
   * What registry and audit have lost and the history does not tell of yet: an older copy of one of them
   * was restored, a power cut took its last writes, or it was deleted and created again.
   * @throws {Fault} `store-unavailable`
   */
  losses(): Promise<readonly StoreLoss[]>;

  /**
   * Forgets a loss after an event about it was appended.
   * @throws {Fault} `store-unavailable`
   */
  settle(loss: StoreLoss): Promise<void>;

  /**
   * Sets the retention of the history. The store trims older events from the front.
   *
   * `keyframe` is the sequence of the last signed keyframe, 0: none. Events up to it may be trimmed.
   * Limits that would immediately trim later events are refused; then nothing changes. `isWanted` is asked
   * right before the change, because the process may have stood still since the caller read the policy.
   * @throws {Fault} `store-refused` with the reason, `store-unavailable`
   */
  limit(retention: Retention, keyframe: Revision, isWanted?: () => Promise<boolean>): Promise<void>;

  /** The limits that the store has now. @throws {Fault} `store-unavailable` */
  limits(): Promise<Retention>;

  /** What `limit` with these arguments would remove at once. @throws {Fault} `store-unavailable` */
  trim(retention: Retention, keyframe: Revision): Promise<Trim>;
}

/** A history that can be read: the audit stream, or a file that was exported from it. */
export type History = Pick<Audit, 'read' | 'range'> & {
  /** The records before the first event, of a file that has only a part of a history. */
  readonly start?: () => Promise<HistoryStart | undefined>;
};

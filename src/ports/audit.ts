import type { Retention } from '../domain/policy/fleet-policy.ts';
import type { Revision, WallTime } from '../domain/time.ts';
import type { EventWrite } from './registry.ts';

/** An event as the audit stream holds it. */
export interface StoredEvent {
  /** Its place in the audit stream. */
  readonly seq: Revision;
  /** The revision under which the registry's stream stored it: the order of all writes. */
  readonly origin: Revision;
  /** When the audit stored it, by the store's clock: goes forward with `seq`, whatever actors' clocks say. */
  readonly storedAt: WallTime;
  /** Below the namespace, as it was written. */
  readonly subject: string;
  readonly text: string;
  /** What is wrong with its place in the history, where that is damaged: then it is no event (G12). */
  readonly illegible?: string;
}

/** The append-only log of all transitions. Records' events get there by the registry's commits. */
export interface Audit {
  /**
   * Appends an event of a process that has no record, once: a lost acknowledgement is resolved by
   * looking the event up. `already` means that an event stands under its subject.
   * @throws {Fault} `store-unavailable`; it may or may not have been stored, append it again
   */
  append(event: EventWrite): Promise<'appended' | 'already'>;

  /**
   * The events from `from` (inclusive; 0: the first) to the end as it is now, in order.
   * `filters` are subject patterns below the namespace.
   * @throws {Fault} `store-unavailable`
   */
  read(from: Revision, filters?: readonly string[]): AsyncIterable<StoredEvent>;

  /** Like `read`, and then whatever comes, until the signal; a gap in delivery is resumed. */
  follow(
    from: Revision,
    signal: AbortSignal,
    filters?: readonly string[],
  ): AsyncIterable<StoredEvent>;

  /** The place of the first and the last event; last 0: none yet. */
  range(): Promise<{ readonly first: Revision; readonly last: Revision }>;

  /**
   * Empties the outbox below the last event that the audit has confirmed, and only if that very
   * event is still in the outbox.
   * @returns how many were removed
   */
  tidy(): Promise<number>;

  /**
   * Limits how much of the history is kept, from now on: what exceeds it is trimmed from the front.
   *
   * `keyframe`: the last one that is signed, 0: none. What it stands for may go; limits that would
   * remove at once what comes after it are refused, and then all stays as it was.
   * @throws {Fault} `store-refused` with the reason, `store-unavailable`
   */
  limit(retention: Retention, keyframe: Revision): Promise<void>;
}

/** A history that can be read: the audit stream, or a file that was exported from it. */
export type History = Pick<Audit, 'read' | 'range'>;

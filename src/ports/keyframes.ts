import type { Revision } from '../domain/time.ts';

/**
 * Snapshots of where a history stood, by the place in the audit up to which they hold. What is in them
 * is the core's (src/runtime/audit/keyframes/codec.ts); a store keeps a text.
 */
export interface Keyframes {
  /** The places of those that are kept, in order. @throws {Fault} `store-unavailable` */
  list(): Promise<readonly Revision[]>;

  /**
   * The text in pieces, cut anywhere, read as they are asked for: the beginning costs little.
   * @throws {Fault} `store-unavailable`, `not-found`
   */
  get(seq: Revision): AsyncIterable<string>;

  /**
   * Keeps one, whole or not at all; one that stands there already stays.
   * @throws {Fault} `store-unavailable`; it may or may not stand there
   */
  put(seq: Revision, text: AsyncIterable<string>): Promise<'kept' | 'already'>;

  /** Removes one, if it stands there. @throws {Fault} `store-unavailable` */
  drop(seq: Revision): Promise<void>;
}

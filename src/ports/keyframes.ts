import type { Revision } from '../domain/time.ts';

/**
 * Snapshots of the audit's projection, by the last audit sequence that they include. The store keeps a
 * text; src/runtime/audit/keyframes/codec.ts defines its format.
 */
export interface Keyframes {
  /** The sequences of all stored keyframes, in ascending order. @throws {Fault} `store-unavailable` */
  list(): Promise<readonly Revision[]>;

  /**
   * Streams the text in chunks of any size. Reading only the beginning is cheap.
   * @throws {Fault} `store-unavailable`, `not-found`
   */
  get(seq: Revision): AsyncIterable<string>;

  /**
   * Stores a keyframe completely or not at all. An existing one is not replaced.
   * @throws {Fault} `store-unavailable`; it may or may not have been stored
   */
  put(seq: Revision, text: AsyncIterable<string>): Promise<'kept' | 'already'>;

  /** Removes a keyframe, if it exists. @throws {Fault} `store-unavailable` */
  drop(seq: Revision): Promise<void>;
}

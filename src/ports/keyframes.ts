import type { Revision } from '../domain/time.ts';

/** Snapshots of the fleet as folded from its history, by the place in the audit up to which they hold. */
export interface Keyframes {
  /** The places of those that are kept, in order. @throws {Fault} `store-unavailable` */
  list(): Promise<readonly Revision[]>;
  /** @throws {Fault} `store-unavailable`, `not-found` */
  get(seq: Revision): Promise<string>;
  /** Keeps one; one that stands there already stays. @throws {Fault} `store-unavailable` */
  put(seq: Revision, text: string): Promise<void>;
}

import type { RunRef } from '../../../src/domain/identity/names.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Store } from '../../../src/ports/ports.ts';

export type Bucket = 'leases' | 'registry';

/** A client of the store under test, which a dying process would take along. */
export interface Client extends Store, AsyncDisposable {}

/** One store under test, in a namespace of its own, and what the world can do to it. */
export interface Subject extends AsyncDisposable {
  readonly store: Store;
  /** A second client of the same store; disposing it closes its connection. */
  other(): Promise<Client>;
  /**
   * Connections that are named by this run, one to each server; disposing one closes it. Without a run
   * they are called something else.
   */
  connections(of?: RunRef): Promise<readonly AsyncDisposable[]>;
  /** An unconditional write, by somebody's tool. */
  put(bucket: Bucket, key: string, text: string): Promise<void>;
  /** A DEL without TTL, by somebody's tool. */
  remove(bucket: Bucket, key: string): Promise<void>;
  /** Lets time pass: virtual in memory, real on NATS. */
  elapse(duration: Millis): Promise<void>;
}

export type Open = () => Promise<Subject>;

export interface Effort {
  /** How many random histories to try. */
  readonly histories: number;
  /** Time costs nothing here, so random histories may let hours pass. */
  readonly timeIsFree: boolean;
}

import type { RunRef } from '../../../src/domain/identity/names.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Store } from '../../../src/ports/ports.ts';

export type Bucket = 'leases' | 'registry';

export type LosableStream = 'registry' | 'audit';

export interface StoreCopy {
  /** Puts the stream back as it was: its later messages are lost, and its sequences are used again. */
  restore(): Promise<void>;
}

/** A client of the store under test, which ends with its process. */
export interface Client extends Store, AsyncDisposable {}

/** One store under test, in a namespace of its own, with external actions on it. */
export interface Subject extends AsyncDisposable {
  readonly store: Store;
  /** A second client of the same store; disposing it closes its connection. */
  other(): Promise<Client>;
  /**
   * Connections that are named by this run, one to each server; disposing one closes it. Without a run
   * they are called something else.
   */
  connections(of?: RunRef): Promise<readonly AsyncDisposable[]>;
  /** An unconditional write by a foreign tool. */
  put(bucket: Bucket, key: string, text: string): Promise<void>;
  /** A DEL without TTL by a foreign tool. */
  remove(bucket: Bucket, key: string): Promise<void>;
  /**
   * A copy of this stream as it is now, as a backup has it. `restored`: whether the servers run while it is put back.
   * nats-server then takes it for another stream, and copies the outbox of a registry into the audit again.
   */
  copy(stream: LosableStream, restored?: 'while-running'): Promise<StoreCopy>;
  /** Deletes a stream and creates it again, as agents and collectors do. */
  makeAnew(stream: LosableStream): Promise<void>;
  /** Breaks all watches of the registry, and refuses to make one, until it is disposed. */
  refuseWatches(): Promise<AsyncDisposable>;
  /** Advances time: virtual in memory, real on NATS. */
  elapse(duration: Millis): Promise<void>;
}

export type Open = () => Promise<Subject>;

export interface Effort {
  /** Number of random histories. */
  readonly histories: number;
  /** Whether time is virtual, so that random histories may include hours. */
  readonly timeIsFree: boolean;
  /** Whether to wait until the audit copies from a restored registry: nats-server takes up to 20 s. */
  readonly isPatient?: boolean;
}

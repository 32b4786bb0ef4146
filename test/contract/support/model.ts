import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../../src/domain/time.ts';

export interface Lease {
  readonly revision: Revision;
  readonly text: string;
  readonly lapsesAt: MonotonicTime;
}

/** The simplest model of a store. */
export class Model {
  readonly records = new Map<string, KeyValueEntry>();
  readonly leases = new Map<string, Lease>();
  readonly events: string[] = [];
  readonly subjects = new Set<string>();
  lastRevision: Revision = 0;
  lastLease: Revision = 0;
  now: MonotonicTime = 0;

  revisionOf(key: string): Revision {
    return this.records.get(key)?.revision ?? 0;
  }

  leaseOf(key: string): Lease | undefined {
    const lease = this.leases.get(key);
    return lease && lease.lapsesAt > this.now ? lease : undefined;
  }

  lease(key: string, revision: Revision, text: string, ttl: Millis): void {
    this.leases.set(key, { revision, text, lapsesAt: this.now + ttl });
    this.lastLease = revision;
  }

  record(key: string, revision: Revision, text: string | undefined): void {
    this.records.set(key, { key, revision, text });
    this.lastRevision = Math.max(this.lastRevision, revision);
  }
}

export const emptyModel = (): Model => new Model();

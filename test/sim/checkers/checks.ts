import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import type { MonotonicTime, Revision } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import type { Death } from '../phases/single-crash.ts';
import type { Simulated } from '../simulation-result.ts';

/** A violation of a guarantee. */
export interface Complaint {
  readonly guarantee: string;
  readonly what: string;
}

/** A record after one commit. */
interface WrittenRecord {
  readonly key: string;
  readonly revision: Revision;
  /** undefined: removed. */
  readonly text: string | undefined;
  /** The record before the commit, with its revision. */
  readonly before: { readonly revision: Revision; readonly text: string | undefined };
}

/** Messages of one request in the registry's stream. */
export interface Written {
  readonly at: MonotonicTime;
  readonly records: readonly WrittenRecord[];
  readonly events: readonly AuditEvent[];
}

/** Hooks of one checker; each is optional. */
export interface Checks {
  /** Immediately after a request was stored. */
  readonly onWritten?: (written: Written) => void;
  /** Between two faults. */
  readonly onLook?: () => void;
  /** When the fleet must have converged. */
  readonly onPeace?: () => void | Promise<void>;
  /** One run died while everything else worked: the tight bounds apply. */
  readonly onDeath?: (death: Death) => void;
}

export interface Checker {
  readonly guarantee: string;
  /** Whether it holds also after the store has forgotten its last writes. */
  readonly survivesLoss?: boolean;
  readonly of: (sim: Simulated, complain: (what: string) => void) => Checks;
}

/** Returns, at each call, the messages stored since the last call. */
export function writtenSince({ world, audit, clock }: FleetInMemory): () => Written | undefined {
  const { registry } = world;
  const known = new Map<
    string,
    { readonly revision: Revision; readonly text: string | undefined }
  >();
  const prefix = recordSubject('');
  const isRecord = (subject: string) => subject.startsWith(prefix);
  let seen = registry.lastSeq;
  let told = 0;
  return () => {
    // The stream lost its tail.
    if (registry.lastSeq < seen) seen = registry.lastSeq;
    if (registry.lastSeq === seen && audit.events.length === told) return undefined;
    const records = registry.after(seen, isRecord).map(({ subject, seq, text }) => {
      const key = subject.slice(prefix.length);
      const before = known.get(key) ?? { revision: 0, text: undefined };
      known.set(key, { revision: seq, text });
      return { key, revision: seq, text, before };
    });
    const events = audit.events.slice(told);
    seen = registry.lastSeq;
    told = audit.events.length;
    return { at: clock.monotonic(), records, events };
  };
}

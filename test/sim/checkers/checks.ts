import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import type { MonotonicTime, Revision } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import type { Death } from '../phases/single-crash.ts';
import type { Simulated } from '../simulation-result.ts';

/** A promise that was not kept. */
export interface Complaint {
  readonly guarantee: string;
  readonly what: string;
}

/** A record as one commit left it. */
interface WrittenRecord {
  readonly key: string;
  readonly revision: Revision;
  /** undefined: removed. */
  readonly text: string | undefined;
  /** What stood there before, and at which revision. */
  readonly before: { readonly revision: Revision; readonly text: string | undefined };
}

/** What one request left in the registry's stream. */
export interface Written {
  readonly at: MonotonicTime;
  readonly records: readonly WrittenRecord[];
  readonly events: readonly AuditEvent[];
}

/** What one checker looks at, each where it is interested. */
export interface Checks {
  /** At once after it was stored. */
  readonly onWritten?: (written: Written) => void;
  /** Between two happenings. */
  readonly onLook?: () => void;
  /** When all should be in order. */
  readonly onPeace?: () => void | Promise<void>;
  /** One has died while all else was well: here the tight bounds hold. */
  readonly onDeath?: (death: Death) => void;
}

export interface Checker {
  readonly guarantee: string;
  readonly of: (sim: Simulated, complain: (what: string) => void) => Checks;
}

/** Gives, each time, what was stored since the time before. */
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

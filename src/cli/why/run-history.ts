import { type AuditEntry, atStoredTime, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { isSuspect, ownerDoubt } from '../../domain/events/owner-doubt.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import { countFlaps, type FlapCounts, FlapTimes } from '../../domain/policy/flaps.ts';
import type { Millis, Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import { type ExpiryDelays, expiryDelays } from './expiry-delays.ts';

/** A time in which the instances of a run were dubious through it. */
export interface Doubt {
  readonly reason: string;
  readonly from: WallTime;
  /** Undefined: it is not over. */
  readonly to: WallTime | undefined;
  /** The event that began it. */
  readonly seq: Revision;
}

/** The last transition of each type in the history of a run, its doubts, and the flaps of its agent. */
export class RunLife {
  readonly #last = new Map<string, AuditEntry>();
  readonly #flaps = new FlapTimes();
  readonly #doubts: Doubt[] = [];
  #offset: Millis | undefined;
  #delays: ExpiryDelays = {};

  /** Reads the history up to and including `until`. */
  static async read(history: History, of: RunRef, until: Revision): Promise<RunLife> {
    const life = new RunLife();
    // Also the other runs of its agent, whose flaps count too.
    for await (const stored of history.read(0, [`${agentMapKey(of)}.*.*`])) {
      if (stored.seq > until) break;
      const read = parseAuditEvent(stored);
      if (read.kind !== 'event' || read.event.of.entity !== 'run') continue;
      const { event, from } = read.event;
      life.#flaps.take(event.type, isSuspect(from), read.storedAt);
      if (read.event.of.run === of.run) life.#add(read, of);
    }
    const expired = life.last('expired');
    if (expired) life.#delays = await expiryDelays(history, of, expired);
    return life;
  }

  #add(read: AuditEntry, of: RunRef): void {
    const offset = read.event.at - read.storedAt;
    if (read.event.actor.run === of.run) this.#offset = Math.max(this.#offset ?? offset, offset);
    const entry = atStoredTime(read);
    const { event, seq } = entry;
    this.#last.set(event.event.type, entry);
    const doubt = ownerDoubt(event);
    const open = this.#doubts.at(-1);
    if (doubt?.kind === 'begins')
      this.#doubts.push({ reason: doubt.reason, from: event.at, to: undefined, seq });
    else if (doubt && open?.to === undefined && open)
      this.#doubts[this.#doubts.length - 1] = { ...open, to: event.at };
  }

  /**
   * How far the clock of the run's host was ahead of the server's, by the events that the run wrote itself. The
   * audit stores an event after it was written, so the largest difference is the best.
   */
  get clockOffset(): Millis {
    return this.#offset ?? 0;
  }

  /** How often its agent flapped before `now`, also in earlier runs. */
  flaps(now: WallTime): FlapCounts {
    return countFlaps(this.#flaps.times, now);
  }

  /** The times in which its instances were dubious through it, the oldest first. */
  get doubts(): readonly Doubt[] {
    return this.#doubts;
  }

  /** What kept it from being declared dead earlier. */
  get delays(): ExpiryDelays {
    return this.#delays;
  }

  last(type: string): AuditEntry | undefined {
    return this.#last.get(type);
  }

  /** Its end: left, removed after expiry, or superseded. */
  get end(): AuditEntry | undefined {
    return this.last('left') ?? this.last('removed') ?? this.last('superseded');
  }
}

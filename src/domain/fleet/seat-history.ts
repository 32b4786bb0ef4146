import type { AuditEvent } from '../events/event-schema.ts';
import { chainSubject } from '../events/event-subjects.ts';
import { agentMapKey } from '../identity/registry-keys.ts';
import type { WallTime } from '../time.ts';
import type { CollectorFacts } from './observation.ts';

/** The collectors that have a seat, and their last acts, projected from the events of a history. */
export class SeatHistory {
  /** The time of the last act, by the name of the collector's chain. */
  readonly #seated: Map<string, WallTime>;
  /** The chains of those that are blind. */
  readonly #blind = new Set<string>();
  /** Since when they watch or are blind; one for which that began before the first event is not in it. */
  readonly #watching = new Map<string, WallTime>();

  constructor(seated: Iterable<readonly [string, WallTime]> = [], blind: Iterable<string> = []) {
    this.#seated = new Map(seated);
    for (const name of blind) this.#blind.add(name);
  }

  /** From the chains of a keyframe. It does not tell when a collector last acted. */
  static from(
    chains: Iterable<readonly [string, { readonly value: AuditEvent['to'] }]>,
  ): SeatHistory {
    const seated: [string, WallTime][] = [];
    const blind: string[] = [];
    for (const [name, { value }] of chains) {
      if (!isCollector.test(name) || !hasSeat(value)) continue;
      seated.push([name, 0]);
      if (isBlind(value)) blind.push(name);
    }
    return new SeatHistory(seated, blind);
  }

  /** Takes the next event. */
  take({
    event,
    storedAt,
  }: {
    readonly event: Pick<AuditEvent, 'of' | 'actor' | 'to'>;
    readonly storedAt: WallTime;
  }): void {
    const { of, to } = event;
    const name = actingCollector(event);
    if (of.entity === 'collector') {
      const isSame = this.#seated.has(name) && this.#blind.has(name) === isBlind(to);
      if (!isSame) this.#watching.set(name, storedAt);
      if (isBlind(to)) this.#blind.add(name);
      else this.#blind.delete(name);
    }
    if (of.entity === 'collector' && !hasSeat(to)) this.#seated.delete(name);
    else if (of.entity === 'collector' || this.#seated.has(name)) this.#seated.set(name, storedAt);
  }

  /** Records that a collector with this run acted at a time, for example that it has its seat now. */
  see(run: string, at: WallTime): void {
    for (const name of this.#seated.keys()) {
      if (name.split('.')[2] === run) this.#seated.set(name, at);
    }
  }

  /** Records an event that came after the moment: it proves that its collector was still there. */
  takeLater({ event, storedAt }: Parameters<SeatHistory['take']>[0]): void {
    const name = actingCollector(event);
    if (this.#seated.has(name)) this.#seated.set(name, storedAt);
  }

  /** The collectors that have a seat. */
  collectors(): readonly CollectorFacts[] {
    return [...this.#seated].map(([name, lastActAt]) => {
      const watchingSince = this.#watching.get(name);
      return {
        hasSeat: true,
        lastActAt,
        ...(this.#blind.has(name) && { isBlind: true }),
        ...(watchingSince !== undefined && { watchingSince }),
      };
    });
  }
}

/** The chain of the collector that wrote an event; of no use if the author is none. */
const actingCollector = ({ of, actor }: Pick<AuditEvent, 'of' | 'actor'>): string =>
  of.entity === 'collector' ? chainSubject(of) : `${agentMapKey(actor)}.${actor.run}.collector`;

const isCollector = /^[^.]+\.[^.]+\.[^.]+\.collector$/;

const hasSeat = (state: AuditEvent['to']): boolean =>
  typeof state === 'string' ? state === 'seated' : 'seated' in state;

const isBlind = (state: AuditEvent['to']): boolean =>
  typeof state === 'object' && 'seated' in state && state['seated'] === 'blind';

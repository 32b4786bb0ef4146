import type { CollectorFacts } from '../../../domain/fleet/observation.ts';
import type { ApiEntity, ApiHeartbeat } from '../../api-types.ts';
import { collectorFacts } from '../../history/status-facts.ts';
import type { EntityState } from './agent-model.ts';

type Target = { readonly host: string } | { readonly service: string; readonly id: string };

/** A collector, and what the history tells about it at the moment. */
export interface Collector extends Required<CollectorFacts> {
  readonly of: EntityState;
}

/** The entities that are neither runs nor instances nor sessions: holds, drains, brakes, collectors, policies. */
export class ControlIndex {
  readonly #states = new Map<number, EntityState>();
  /** The holds and drains by what they are on, then by number. */
  readonly #targets = new Map<string, Map<number, EntityState>>();
  /** Grows with each change of one. */
  changes = 0;
  /** When collectors last wrote an event, by number. */
  readonly acts = new Map<number, number>();
  /** Who has a seat, as the server read it; null: only the history tells. */
  seats: ApiHeartbeat | null = null;

  clear(): void {
    this.#states.clear();
    this.#targets.clear();
    this.acts.clear();
    this.seats = null;
  }

  /** Sets the state of an entity; undefined: it does not exist. */
  set(number: number, entity: ApiEntity, state: EntityState | undefined): void {
    this.changes += 1;
    if (state) this.#states.set(number, state);
    else this.#states.delete(number);
    if (entity.entity === 'hold') this.#setOn(entity, number, state);
    if (entity.entity === 'drain') this.#setOn(entity.target, number, state);
  }

  of(kind: ApiEntity['entity']): EntityState[] {
    return [...this.#states.values()].filter(({ entity }) => entity.entity === kind);
  }

  collectors(): readonly Collector[] {
    return this.of('collector').map((of) => ({
      of,
      ...collectorFacts(of, this.acts.get(of.number) ?? 0),
    }));
  }

  /** The holds on an agent or its host, also those that are over. */
  holdsOn(host: string, agent: string): EntityState[] {
    return this.#on({ host }).filter(
      ({ entity }) => entity.entity === 'hold' && (entity.agent ?? agent) === agent,
    );
  }

  /** The hold that makes a silence planned. */
  holdOf(host: string, agent: string): EntityState | undefined {
    return this.holdsOn(host, agent).find(({ state }) => state === 'planned');
  }

  /** The latest policy; undefined: the defaults apply. */
  get policy(): EntityState | undefined {
    return this.of('policy').sort((a, b) => b.seq - a.seq)[0];
  }

  /** The brake that is on in a zone. Agents without a zone are in the zone `default`. */
  brakeIn(zone: string): EntityState | undefined {
    const name = zone || 'default';
    return this.of('brake').find(
      ({ entity, state }) =>
        entity.entity === 'brake' && entity.zone === name && state === 'braked',
    );
  }

  /** Since when an operator drains an instance or its host; undefined: no operator does. */
  drainedSince(of: ApiEntity): number | undefined {
    if (of.entity !== 'instance' || this.#targets.size === 0) return undefined;
    return [...this.#on(of), ...this.#on({ host: of.host })].find(
      ({ entity, state }) => entity.entity === 'drain' && state === 'draining',
    )?.since;
  }

  #setOn(target: Target, number: number, state: EntityState | undefined): void {
    const key = keyOf(target);
    const all = this.#targets.get(key) ?? new Map<number, EntityState>();
    this.#targets.set(key, all);
    if (state) all.set(number, state);
    else all.delete(number);
    if (all.size === 0) this.#targets.delete(key);
  }

  #on(target: Target): readonly EntityState[] {
    return [...(this.#targets.get(keyOf(target))?.values() ?? [])];
  }
}

/** A name has no control characters. */
const keyOf = (target: Target): string =>
  'service' in target ? `${target.service}\n${target.id}` : target.host;

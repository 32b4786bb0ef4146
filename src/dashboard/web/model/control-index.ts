import type { ApiEntity } from '../../api-types.ts';
import type { EntityState } from './agent-model.ts';
import { DrainIndex } from './drain-index.ts';
import { HoldIndex } from './hold-index.ts';

/** The entities that are neither runs nor instances nor sessions: holds, drains, brakes, collectors, policies. */
export class ControlIndex {
  readonly #states = new Map<number, EntityState>();
  readonly holds = new HoldIndex();
  readonly #drains = new DrainIndex();
  /** Grows with each change of one. */
  changes = 0;

  clear(): void {
    this.#states.clear();
    this.holds.clear();
    this.#drains.clear();
  }

  /** Sets the state of an entity; undefined: it does not exist. */
  set(number: number, entity: ApiEntity, state: EntityState | undefined): void {
    this.changes += 1;
    if (state) this.#states.set(number, state);
    else this.#states.delete(number);
    if (entity.entity === 'hold') this.holds.set(entity.host, number, state);
    if (entity.entity === 'drain') this.#drains.set(entity.target, number, state);
  }

  of(kind: ApiEntity['entity']): EntityState[] {
    return [...this.#states.values()].filter(({ entity }) => entity.entity === kind);
  }

  /** The hold that makes a silence planned. */
  holdOf(host: string, agent: string): EntityState | undefined {
    return this.holds.on(host, agent).find(({ state }) => state === 'planned');
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
    return of.entity === 'instance'
      ? this.#drains.of(of.host, of.service, of.id)?.since
      : undefined;
  }
}

import type { WireEntity } from '../wire.ts';
import type { Changes } from './protocol.ts';
import { byName, type Slot, type SlotNow, type Stands, slotNow } from './slot-now.ts';

const ended = new Set(['removed', 'adopted']);
export const slotKey = (host: string, agent: string): string => `${host}\n${agent}`;

/**
 * The fleet at the page's moment: how every entity stands, and the slots made of them.
 *
 * Only slots that changed are made anew: whoever has the same object needs no look.
 */
export class Roll {
  entities: WireEntity[] = [];
  words: string[] = [];
  /** Of the fleet: holds, brakes, collectors, policies. Few. */
  readonly others = new Map<number, Stands>();
  /** Runs as their own processes know them. */
  readonly sessions = new Map<number, Stands>();
  readonly #slots = new Map<string, Slot>();
  /** What has changed since the slots were last looked at. */
  readonly #dirty = new Set<Slot>();
  /** All slots that were ever heard of, by name: sorted anew only for one more. */
  #order: readonly Slot[] | undefined;
  /** Those of them that are there. */
  #there: readonly SlotNow[] = [];

  know(entities: readonly WireEntity[], words: readonly string[]): void {
    for (const one of entities) this.entities.push(one);
    for (const one of words) this.words.push(one);
  }

  clear(): void {
    this.entities = [];
    this.words = [];
    this.others.clear();
    this.sessions.clear();
    this.#slots.clear();
    this.#dirty.clear();
    this.#order = undefined;
    this.#there = [];
  }

  apply(changes: Changes): void {
    for (let n = 0; n < changes.entities.length; n += 1) {
      const number = changes.entities[n] ?? 0;
      const entity = this.entities[number];
      if (!entity) continue;
      const state = changes.states[n] ?? -1;
      this.#stand(
        number,
        entity,
        state < 0
          ? undefined
          : {
              number,
              entity,
              state: this.words[state] ?? '?',
              since: changes.since[n] ?? 0,
              chart: this.words[changes.charts[n] ?? 0] ?? '',
              seq: changes.seqs[n] ?? 0,
              note: changes.notes[n] ?? {},
            },
      );
    }
  }

  /** All slots, by name: the order never depends on how they stand. */
  slots(): readonly SlotNow[] {
    if (this.#dirty.size === 0) return this.#there;
    for (const slot of this.#dirty) {
      slot.now = slotNow(slot, this.holdOver(slot.host, slot.agent) !== undefined);
    }
    this.#dirty.clear();
    this.#order ??= [...this.#slots.values()].sort(byName);
    const there: SlotNow[] = [];
    for (const { now } of this.#order) if (now) there.push(now);
    this.#there = there;
    return there;
  }

  slot(host: string, agent: string): SlotNow | undefined {
    this.slots();
    return this.#slots.get(slotKey(host, agent))?.now;
  }

  of(kind: WireEntity['entity']): Stands[] {
    return [...this.others.values()].filter(({ entity }) => entity.entity === kind);
  }

  /** The hold that makes a silence planned. */
  holdOver(host: string, agent: string): Stands | undefined {
    return this.of('hold').find(
      ({ entity, state }) =>
        state === 'planned' &&
        entity.entity === 'hold' &&
        entity.host === host &&
        (entity.agent === undefined || entity.agent === agent),
    );
  }

  /** The brake that is on in a zone. */
  brakeIn(zone: string): Stands | undefined {
    return this.of('brake').find(
      ({ entity, state }) =>
        entity.entity === 'brake' && entity.zone === zone && state === 'braked',
    );
  }

  #stand(number: number, entity: WireEntity, stands: Stands | undefined): void {
    if (entity.entity === 'run' || entity.entity === 'instance') {
      const slot = this.#slotOf(entity.host, entity.agent);
      this.#dirty.add(slot);
      if (entity.entity === 'run') {
        if (stands) slot.runs.set(entity.run, stands);
        else slot.runs.delete(entity.run);
      } else {
        const before = slot.instances.size;
        if (stands && !ended.has(stands.state)) slot.instances.set(number, stands);
        else slot.instances.delete(number);
        if (slot.instances.size !== before) slot.order = undefined;
      }
      return;
    }
    const kept = entity.entity === 'session' ? this.sessions : this.others;
    if (stands) kept.set(number, stands);
    else kept.delete(number);
    if (entity.entity === 'hold') {
      for (const slot of this.#slots.values()) {
        if (slot.host === entity.host) this.#dirty.add(slot);
      }
    }
  }

  #slotOf(host: string, agent: string): Slot {
    const key = slotKey(host, agent);
    const known = this.#slots.get(key);
    if (known) return known;
    const slot: Slot = {
      key,
      host,
      agent,
      runs: new Map(),
      instances: new Map(),
      order: undefined,
      now: undefined,
    };
    this.#slots.set(key, slot);
    this.#order = undefined;
    return slot;
  }
}

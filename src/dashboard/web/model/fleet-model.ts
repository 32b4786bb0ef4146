import type { CollectorFacts, Observation } from '../../../domain/fleet/observation.ts';
import type { ApiEntity } from '../../api-types.ts';
import {
  agentFacts,
  type HistoryFacts,
  instanceFacts,
  recordedRun,
} from '../../history/status-facts.ts';
import type { Changes } from '../protocol/worker-messages.ts';
import {
  type AgentModel,
  byName,
  type EntityState,
  type InstanceNow,
  type Slot,
  slotNow,
} from './agent-model.ts';
import { NameIndex } from './name-index.ts';

const ended = new Set(['removed', 'adopted']);
export const slotKey = (host: string, agent: string): string => `${host}\n${agent}`;

/**
 * The fleet at the page's moment: how every entity stands, and the slots made of them.
 *
 * Only slots that changed are made anew: whoever has the same object needs no look.
 */
export class FleetModel {
  entities: ApiEntity[] = [];
  words: string[] = [];
  /** Of the fleet: holds, brakes, collectors, policies. Few. */
  readonly others = new Map<number, EntityState>();
  /** Runs as their own processes know them. */
  readonly sessions = new Map<number, EntityState>();
  readonly names = new NameIndex();
  /** Holds by host, then by number. */
  readonly #holds = new Map<string, Map<number, EntityState>>();
  #observation: Observation = 'unknown';
  /** When collectors last wrote an event, by number. */
  readonly #acts = new Map<number, number>();
  readonly #slots = new Map<string, Slot>();
  /** The slot of each run and instance, by its number: found by name only once. */
  #slotAt: (Slot | undefined)[] = [];
  readonly #hosts = new Map<string, number>();
  /** What has changed since the slots were last looked at. */
  readonly #dirty = new Set<Slot>();
  /** All slots that were ever heard of, by name: sorted anew only for one more. */
  #order: readonly Slot[] | undefined;
  /** Those of them that are there; undefined: one came or went. */
  #there: AgentModel[] | undefined;

  addNames(entities: readonly ApiEntity[], words: readonly string[]): void {
    for (const one of entities) this.entities.push(one);
    for (const one of words) this.words.push(one);
  }

  clear(): void {
    this.entities = [];
    this.words = [];
    this.others.clear();
    this.sessions.clear();
    this.names.clear();
    this.#acts.clear();
    this.#holds.clear();
    this.#observation = 'unknown';
    this.#slots.clear();
    this.#slotAt = [];
    this.#hosts.clear();
    this.#dirty.clear();
    this.#order = undefined;
    this.#there = undefined;
  }

  apply(changes: Changes): void {
    for (let n = 0; n < changes.entities.length; n += 1) {
      const number = changes.entities[n] ?? 0;
      const entity = this.entities[number];
      if (!entity) continue;
      const state = changes.states[n] ?? -1;
      this.#setState(
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
              origin: [changes.origins[n] ?? 0, changes.originTimes[n] ?? 0],
              startedAt: changes.starts[n] ?? 0,
            },
      );
    }
  }

  get observation(): Observation {
    return this.#observation;
  }

  /** Sets whether a collector observes the fleet at the moment; returns whether that is a change. */
  setObservation(observation: Observation): boolean {
    if (observation === this.#observation) return false;
    this.#observation = observation;
    for (const slot of this.#slots.values()) this.#dirty.add(slot);
    return true;
  }

  addActs(acts: Iterable<readonly [collector: number, at: number]>): void {
    for (const [collector, at] of acts) this.#acts.set(collector, at);
  }

  /** What the history tells about each collector at the moment. */
  collectors(): readonly CollectorFacts[] {
    return this.of('collector').map(({ number, state }) => ({
      hasSeat: state.startsWith('seated'),
      lastActAt: this.#acts.get(number) ?? 0,
    }));
  }

  /** The instances of one `service/id`, under whatever agents. More than one: they are rivals. */
  named(service: string, id: string): readonly InstanceNow[] {
    this.slots();
    return [...this.names.of(service, id)]
      .sort((a, b) => a - b)
      .flatMap(
        (number) =>
          this.#slotAt[number]?.now?.instances.find(
            ({ entityState }) => entityState.number === number,
          ) ?? [],
      );
  }

  /** All slots, by name: the order never depends on how they stand. Good until the next change. */
  slots(): readonly AgentModel[] {
    this.#dirtyRivals();
    for (const slot of this.#dirty) {
      const before = slot.now;
      const now = slotNow(slot, {
        isHeld: this.#isHeld(slot),
        observation: this.#observation,
        rivals: (number) => this.#rivals(number),
      });
      slot.now = now;
      if (before && now && this.#there) this.#there[slot.index] = now;
      else if (before ?? now) this.#there = undefined;
    }
    this.#dirty.clear();
    this.#there ??= this.#inOrder();
    return this.#there;
  }

  slot(host: string, agent: string): AgentModel | undefined {
    this.slots();
    return this.#slots.get(slotKey(host, agent))?.now;
  }

  /** A change of one registration changes the status of the others of its name. */
  #dirtyRivals(): void {
    if (!this.names.hasShared) return;
    for (const slot of [...this.#dirty]) {
      for (const number of slot.instances.keys()) {
        for (const rival of this.names.rivals(number)) {
          const other = this.#slotAt[rival];
          if (other) this.#dirty.add(other);
        }
      }
    }
  }

  #rivals(number: number): readonly HistoryFacts<EntityState>[] {
    return this.names.rivals(number).flatMap((rival) => {
      const slot = this.#slotAt[rival];
      const state = slot?.instances.get(rival);
      if (!slot || !state) return [];
      const run = recordedRun(slot.runs.values());
      return instanceFacts(state, run && agentFacts(run, this.#isHeld(slot))) ?? [];
    });
  }

  #isHeld({ host, agent }: Slot): boolean {
    return this.holdOf(host, agent) !== undefined;
  }

  of(kind: ApiEntity['entity']): EntityState[] {
    return [...this.others.values()].filter(({ entity }) => entity.entity === kind);
  }

  /** The hold that makes a silence planned. */
  holdOf(host: string, agent: string): EntityState | undefined {
    const holds = this.#holds.get(host);
    if (!holds) return undefined;
    return [...holds.values()].find(
      ({ entity, state }) =>
        state === 'planned' &&
        entity.entity === 'hold' &&
        (entity.agent === undefined || entity.agent === agent),
    );
  }

  /** The brake that is on in a zone. */
  brakeIn(zone: string): EntityState | undefined {
    return this.of('brake').find(
      ({ entity, state }) =>
        entity.entity === 'brake' && entity.zone === zone && state === 'braked',
    );
  }

  #inOrder(): AgentModel[] {
    this.#order ??= [...this.#slots.values()].sort(byName);
    const there: AgentModel[] = [];
    for (const slot of this.#order) {
      if (!slot.now) continue;
      slot.index = there.length;
      there.push(slot.now);
    }
    return there;
  }

  #setState(number: number, entity: ApiEntity, entityState: EntityState | undefined): void {
    if (entity.entity === 'run' || entity.entity === 'instance') {
      const slot = this.#slotAt[number] ?? this.#slotOf(entity.host, entity.agent);
      this.#slotAt[number] = slot;
      this.#dirty.add(slot);
      if (entity.entity === 'run') {
        if (entityState) slot.runs.set(entity.run, entityState);
        else slot.runs.delete(entity.run);
      } else {
        const before = slot.instances.size;
        const there = entityState !== undefined && !ended.has(entityState.state);
        if (there) slot.instances.set(number, entityState);
        else slot.instances.delete(number);
        for (const rival of this.names.rivals(number)) {
          const other = this.#slotAt[rival];
          if (other) this.#dirty.add(other);
        }
        this.names.set(number, entity, there);
        if (slot.instances.size !== before) slot.order = undefined;
      }
      return;
    }
    const kept = entity.entity === 'session' ? this.sessions : this.others;
    if (entityState) kept.set(number, entityState);
    else kept.delete(number);
    if (entity.entity === 'hold') {
      const holds = this.#holds.get(entity.host) ?? new Map();
      this.#holds.set(entity.host, holds);
      if (entityState) holds.set(number, entityState);
      else holds.delete(number);
      for (const slot of this.#slots.values()) {
        if (slot.host === entity.host) this.#dirty.add(slot);
      }
    }
  }

  #slotOf(host: string, agent: string): Slot {
    const key = slotKey(host, agent);
    const known = this.#slots.get(key);
    if (known) return known;
    const hostNumber = this.#hosts.get(host) ?? this.#hosts.size;
    this.#hosts.set(host, hostNumber);
    const slot: Slot = {
      key,
      host,
      hostNumber,
      agent,
      runs: new Map(),
      instances: new Map(),
      order: undefined,
      now: undefined,
      index: 0,
    };
    this.#slots.set(key, slot);
    this.#order = undefined;
    return slot;
  }
}

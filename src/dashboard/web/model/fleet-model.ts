import { signal } from '@preact/signals';
import type { Observation } from '../../../domain/fleet/observation.ts';
import type { DrainTarget } from '../../../domain/identity/names.ts';
import { ownerExpired } from '../../../domain/losses/losses.ts';
import type { ApiBrakes, ApiEntity, ApiHeartbeat } from '../../api-types.ts';
import {
  agentFacts,
  type HistoryFacts,
  instanceFacts,
  recordedRun,
} from '../../history/status-facts.ts';
import { stateOfChange } from '../protocol/state-changes.ts';
import type { Changes } from '../protocol/worker-messages.ts';
import { type AgentColumns, AgentList } from './agent-list.ts';
import {
  type AgentEntities,
  type AgentModel,
  type EntityState,
  emptySlot,
  type InstanceNow,
  lostInstance,
  slotNow,
} from './agent-model.ts';
import { ControlIndex } from './control-index.ts';
import { absent, NameIndex, present } from './name-index.ts';
import { endedWithRun, type RunsOf } from './session-end.ts';

const ended = new Set(['removed', 'adopted']);
export const slotKey = (host: string, agent: string): string => `${host}\n${agent}`;

/**
 * The fleet at the page's moment: the state of every entity, and the agents that they make up.
 *
 * Only agents that changed get a new object: the same object means that nothing changed.
 */
export class FleetModel {
  entities: ApiEntity[] = [];
  words: string[] = [];
  /** Sessions: runs as their own processes record them. */
  readonly sessions = new Map<number, EntityState>();
  readonly names = new NameIndex();
  /** The last state of the instances that ended, by number. */
  readonly ended = new Map<number, string>();
  /** The few entities of the fleet: holds, drains, brakes, collectors, policies. */
  readonly controls = new ControlIndex();
  /** Records before the first event are not known: a file without them. */
  isPart = false;
  /** No collector can have counted a grace for longer (`watchedSince` of the core). */
  watchedSince = 0;
  /** Older events are still being loaded: agents that were lost before are not known yet. */
  isLoading = false;
  /** When the runs that wait for a brake expire, as far as that is known. */
  readonly turns = signal<ApiBrakes['turns']>({});
  #observation: Observation = 'unknown';
  readonly #slots = new Map<string, AgentEntities>();
  /** The slot of each run and instance by number, so that each is looked up by name only once. */
  #slotAt: (AgentEntities | undefined)[] = [];
  readonly #hosts = new Map<string, number>();
  /** The slots that changed since they were last read. */
  readonly #dirty = new Set<AgentEntities>();
  #agents = new AgentList();

  addNames(entities: readonly ApiEntity[], words: readonly string[]): void {
    for (const one of entities) this.entities.push(one);
    for (const one of words) this.words.push(one);
  }

  clear(): void {
    this.entities = [];
    this.words = [];
    this.sessions.clear();
    this.names.clear();
    this.ended.clear();
    this.controls.clear();
    this.#observation = 'unknown';
    this.#slots.clear();
    this.#slotAt = [];
    this.#hosts.clear();
    this.#dirty.clear();
    this.#agents = new AgentList();
  }

  apply(changes: Changes): void {
    for (let n = 0; n < changes.entities.length; n += 1) {
      const number = changes.entities[n] ?? 0;
      const entity = this.entities[number];
      if (!entity) continue;
      this.#setState(number, entity, stateOfChange(changes, n, entity, this.words));
    }
  }

  get observation(): Observation {
    return this.#observation;
  }

  /**
   * Sets whether a collector observes the fleet at the moment, and who has a seat, if the server read that; returns
   * whether that is a change.
   */
  setObservation(observation: Observation, seats: ApiHeartbeat | null = null): boolean {
    const isOther = String(seats?.seats) !== String(this.controls.seats?.seats);
    this.controls.seats = seats;
    if (observation === this.#observation) return isOther;
    this.#observation = observation;
    for (const slot of this.#slots.values()) this.#dirty.add(slot);
    return true;
  }

  /** The instances of one `service/id` under all agents. More than one: they are rivals. */
  named(service: string, id: string): readonly InstanceNow[] {
    this.slots();
    return this.names
      .of(service, id)
      .toSorted((a, b) => a - b)
      .flatMap(
        (number) =>
          this.#slotAt[number]?.now?.instances.find(
            ({ entityState }) => entityState.number === number,
          ) ?? [],
      );
  }

  /** All agents in any state, sorted by name. Valid until the next change. */
  slots(): readonly AgentModel[] {
    this.#dirtyRivals();
    for (const slot of this.#dirty) {
      const now = slotNow(slot, {
        isHeld: this.#isHeld(slot),
        observation: this.#observation,
        rivals: (number) => this.#rivals(number),
        drainedSince: (of) => this.controls.drainedSince(of),
      });
      this.#agents.set(slot, now);
    }
    this.#dirty.clear();
    return this.#agents.of(this.#slots);
  }

  /** What the counts of the fleet need, read after `slots()`. */
  get columns(): AgentColumns {
    return this.#agents.columns;
  }

  slot(host: string, agent: string): AgentModel | undefined {
    this.slots();
    return this.#slots.get(slotKey(host, agent))?.now;
  }

  /** A change of one registration changes the status of the others of its name. */
  #dirtyRivals(): void {
    if (!this.names.hasShared) return;
    for (const slot of [...this.#dirty]) {
      for (const number of slot.instances.keys()) this.#markRivals(number);
    }
  }

  #markRivals(number: number): void {
    for (const rival of this.names.rivals(number)) this.#mark(rival);
  }

  #rivals(number: number): readonly HistoryFacts<EntityState>[] {
    return this.names.rivals(number).flatMap((rival) => {
      const slot = this.#slotAt[rival];
      const state = slot?.instances.get(rival);
      if (!slot || !state) return [];
      const run = recordedRun(slot.runs.values());
      const agent = run && agentFacts(run, this.#isHeld(slot));
      return instanceFacts(state, agent, this.controls.drainedSince(state.entity)) ?? [];
    });
  }

  #isHeld({ host, agent }: AgentEntities): boolean {
    return this.controls.holdOf(host, agent) !== undefined;
  }

  /** The instances that were lost with an agent; none if it is not lost. */
  lostWith({ key, status }: AgentModel): readonly InstanceNow[] {
    if (status !== 'gone' && status !== 'expired') return [];
    return [...(this.#slots.get(key)?.removed ?? [])].flatMap(([number, state]) => {
      const { entity } = state;
      const isLost = entity.entity === 'instance' && this.names.isLastEnd(number);
      return isLost ? lostInstance(state, entity) : [];
    });
  }

  of(kind: ApiEntity['entity']): EntityState[] {
    if (kind !== 'session') return this.controls.of(kind);
    const runsOf: RunsOf = (host, agent) => this.#slots.get(slotKey(host, agent))?.runs;
    return [...this.sessions.values()].filter((one) => !endedWithRun(one, runsOf));
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
        const isEnded = entityState !== undefined && ended.has(entityState.state);
        const isPresent = entityState !== undefined && !isEnded;
        if (isPresent) slot.instances.set(number, entityState);
        else slot.instances.delete(number);
        if (isEnded) this.ended.set(number, entityState.state);
        else this.ended.delete(number);
        if (isEnded && entityState.note.why === ownerExpired) slot.removed.set(number, entityState);
        else slot.removed.delete(number);
        this.#markRivals(number);
        this.names.set(number, entity, isPresent ? present : isEnded ? entityState.seq : absent);
        if (slot.instances.size !== before) slot.order = undefined;
      }
      return;
    }
    if (entity.entity === 'session') {
      if (entityState) this.sessions.set(number, entityState);
      else this.sessions.delete(number);
      return;
    }
    this.controls.set(number, entity, entityState);
    if (entity.entity === 'hold') this.#markHost(entity.host);
    if (entity.entity === 'drain') this.#markDrained(entity.target);
  }

  #markDrained(target: DrainTarget): void {
    if ('host' in target) this.#markHost(target.host);
    else for (const one of this.names.of(target.service, target.id)) this.#mark(one);
  }

  #markHost(host: string): void {
    for (const slot of this.#slots.values()) if (slot.host === host) this.#dirty.add(slot);
  }

  #mark(number: number): void {
    const slot = this.#slotAt[number];
    if (slot) this.#dirty.add(slot);
  }

  #slotOf(host: string, agent: string): AgentEntities {
    const key = slotKey(host, agent);
    const known = this.#slots.get(key);
    if (known) return known;
    const hostNumber = this.#hosts.get(host) ?? this.#hosts.size;
    this.#hosts.set(host, hostNumber);
    const slot = emptySlot(key, host, hostNumber, agent);
    this.#slots.set(key, slot);
    this.#agents.reorder();
    return slot;
  }
}

import { type AgentEntities, type AgentModel, byName, type InstanceCounts } from './agent-model.ts';
import { isEnded, runStatuses } from './state-styles.ts';

/** The counts of instances, in the order of the column. The last, `contested`, is a part of `dubious`. */
export const countNames = [
  'live',
  'dubious',
  'failing',
  'draining',
  'unverified',
  'contested',
] as const satisfies readonly (keyof InstanceCounts)[];

/**
 * What the counts of the fleet need of each agent, as columns. They are read instead of the agents themselves, because
 * with thousands of them memory access takes most of the time.
 */
export class AgentColumns {
  /** `statusCode` of each agent. */
  readonly status: Uint8Array;
  /** Whether the run ended and has no instance left: how long ago counts. */
  readonly isPast: Uint8Array;
  /** Whether an instance is failing or contested. */
  readonly isTroubled: Uint8Array;
  /** `countNames` of each agent, one agent after the other. */
  readonly counts: Int32Array;

  constructor(length: number) {
    this.status = new Uint8Array(length);
    this.isPast = new Uint8Array(length);
    this.isTroubled = new Uint8Array(length);
    this.counts = new Int32Array(length * countNames.length);
  }

  /** Whether a slot has an agent. */
  isThere(index: number): boolean {
    return this.status[index] !== absent;
  }

  set(index: number, agent: AgentModel | undefined): void {
    this.status[index] = agent ? statusCode(agent.status) : absent;
    if (!agent) return;
    const { status, counts, instances } = agent;
    this.isPast[index] = isEnded(status) && instances.length === 0 ? 1 : 0;
    this.isTroubled[index] = counts.failing > 0 || counts.contested > 0 ? 1 : 0;
    const first = index * countNames.length;
    for (let n = 0; n < countNames.length; n += 1)
      this.counts[first + n] = counts[countNames[n] as keyof InstanceCounts];
  }
}

/** The code of a slot without an agent. */
const absent = 255;
const codes = new Map<string, number>(runStatuses.map((status, code) => [status, code]));

/** The index of a status in `runStatuses`; of another status: the number of them. */
export const statusCode = (status: string): number => codes.get(status) ?? runStatuses.length;

/** The agents that exist, sorted by name. */
export class AgentList {
  /** Of all known slots, sorted by name. */
  columns = new AgentColumns(0);
  /** The agent of each known slot, sorted by name; undefined: a slot was added since. */
  #all: (AgentModel | undefined)[] | undefined;
  /** Undefined: one was added or removed since. */
  #agents: AgentModel[] | undefined;
  /** The index in `#agents` of each slot. */
  #indexes = new Int32Array(0);

  /** A slot was added. */
  reorder(): void {
    this.#all = undefined;
    this.#agents = undefined;
  }

  /** Sets the agent of a slot; undefined: it does not exist. */
  set(slot: AgentEntities, now: AgentModel | undefined): void {
    const before = slot.now;
    slot.now = now;
    if (!this.#all) return;
    this.#all[slot.position] = now;
    this.columns.set(slot.position, now);
    if (before && now && this.#agents) this.#agents[this.#indexes[slot.position] ?? 0] = now;
    else if (before ?? now) this.#agents = undefined;
  }

  /** Valid until the next change. */
  of(slots: ReadonlyMap<string, AgentEntities>): readonly AgentModel[] {
    if (this.#agents) return this.#agents;
    const all = this.#all ?? this.#sort(slots);
    const agents: AgentModel[] = [];
    for (let n = 0; n < all.length; n += 1) {
      const agent = all[n];
      if (!agent) continue;
      this.#indexes[n] = agents.length;
      agents.push(agent);
    }
    this.#agents = agents;
    return agents;
  }

  #sort(slots: ReadonlyMap<string, AgentEntities>): readonly (AgentModel | undefined)[] {
    const order = [...slots.values()].sort(byName);
    this.columns = new AgentColumns(order.length);
    this.#indexes = new Int32Array(order.length);
    order.forEach((slot, position) => {
      slot.position = position;
      this.columns.set(position, slot.now);
    });
    this.#all = order.map(({ now }) => now);
    return this.#all;
  }
}

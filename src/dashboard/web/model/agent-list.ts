import { type AgentEntities, type AgentModel, byName } from './agent-model.ts';

/** The agents that exist, sorted by name. */
export class AgentList {
  /**
   * For each agent, the number of its instances if it is live and so are they; else -1. It is read instead of the agents
   * themselves, because with thousands of them memory access takes most of the time.
   */
  healthy = new Int32Array(0);
  /** All known slots, sorted by name; undefined: one was added since. */
  #order: readonly AgentEntities[] | undefined;
  /** Undefined: one was added or removed since. */
  #agents: AgentModel[] | undefined;

  /** A slot was added. */
  reorder(): void {
    this.#order = undefined;
  }

  /** Sets the agent of a slot; undefined: it does not exist. */
  set(slot: AgentEntities, now: AgentModel | undefined): void {
    const before = slot.now;
    slot.now = now;
    if (before && now && this.#agents) this.#put(slot, now);
    else if (before ?? now) this.#agents = undefined;
  }

  /** Valid until the next change. */
  of(slots: ReadonlyMap<string, AgentEntities>): readonly AgentModel[] {
    if (this.#agents) return this.#agents;
    this.#order ??= [...slots.values()].sort(byName);
    this.#agents = [];
    this.healthy = new Int32Array(this.#order.length);
    for (const slot of this.#order) {
      if (!slot.now) continue;
      slot.index = this.#agents.length;
      this.#put(slot, slot.now);
    }
    return this.#agents;
  }

  #put({ index }: AgentEntities, now: AgentModel): void {
    const { status, counts, instances } = now;
    const isHealthy = status === 'live' && counts.live === instances.length;
    this.healthy[index] = isHealthy ? instances.length : -1;
    if (this.#agents) this.#agents[index] = now;
  }
}

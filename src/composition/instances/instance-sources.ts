import type { Slot } from '../../domain/identity/names.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import type { Health, InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { Agent } from '../../runtime/agent/agent.ts';

/** Where instances of one agent come from, the strongest first. */
const ranks = ['file', 'docker', 'api'] as const;
export type SourceName = (typeof ranks)[number];

/** How a source is called in messages. */
export const sourceLabels: Readonly<Record<SourceName, string>> = {
  file: 'the instances file',
  docker: 'Docker',
  api: 'the local API',
};

type Name = Pick<InstanceSpec, 'service' | 'id'>;

interface Owned {
  readonly source: SourceName;
  readonly spec: InstanceSpec;
  readonly health: Health;
}

/**
 * The instances of one agent, from several sources. A name belongs to one source: to the one that had it
 * first, but the instances file and Docker take it from the API.
 *
 * Works without an agent too: what is set before `connect` is registered then.
 */
export class InstanceSources {
  readonly #slot: Slot;
  readonly #owned = new Map<string, Owned>();
  #agent: Agent | undefined;

  constructor(slot: Slot) {
    this.#slot = slot;
  }

  /** What the agent has to register at its start, and the health of each. */
  get initial() {
    const specs = [...this.#owned.values()].map(({ spec }) => spec);
    const healthOf = (spec: InstanceSpec): Health =>
      this.#owned.get(this.#keyOf(spec))?.health ?? { state: 'serving' };
    return { specs, healthOf };
  }

  /** Changes go to this agent from now on. It was made with `initial`. */
  connect(agent: Agent): void {
    this.#agent = agent;
  }

  /** The source of an instance. */
  ownerOf(name: Name): SourceName | undefined {
    return this.#owned.get(this.#keyOf(name))?.source;
  }

  /** What one source sees of all this. */
  of(source: SourceName): InstanceSource {
    const owns = (name: Name) => this.ownerOf(name) === source;
    return {
      slot: this.#slot,
      owns,
      put: (spec, health) => this.#put(source, spec, health),
      drop: (name) => {
        if (!owns(name)) return;
        this.#owned.delete(this.#keyOf(name));
        this.#agent?.drop(name);
      },
      replace: (specs, healthOf = () => ({ state: 'serving' })) => {
        const listed = new Set(specs.map((spec) => this.#keyOf(spec)));
        for (const [key, one] of this.#owned) {
          if (one.source !== source || listed.has(key)) continue;
          this.#owned.delete(key);
        }
        for (const spec of specs) {
          const before = this.#owned.get(this.#keyOf(spec));
          const health = before?.source === source ? before.health : healthOf(spec);
          this.#take(source, spec, health);
        }
        const { specs: all, healthOf: initial } = this.initial;
        this.#agent?.replace(all, initial);
      },
      report: (name, health) => this.#report(source, name, health),
      reportCheck: (name, result) => {
        const { health } = this.#owned.get(this.#keyOf(name)) ?? {};
        if (health?.state !== 'draining') this.#report(source, name, result);
      },
    };
  }

  #put(source: SourceName, spec: InstanceSpec, health: Health): boolean {
    if (!this.#take(source, spec, health)) return false;
    this.#agent?.put(spec, health);
    return true;
  }

  #take(source: SourceName, spec: InstanceSpec, health: Health): boolean {
    const key = this.#keyOf(spec);
    const before = this.#owned.get(key);
    if (before && ranks.indexOf(before.source) < ranks.indexOf(source)) return false;
    this.#owned.set(key, { source, spec, health });
    return true;
  }

  #report(source: SourceName, name: Name, health: Health): void {
    const key = this.#keyOf(name);
    const before = this.#owned.get(key);
    if (before?.source !== source) return;
    this.#owned.set(key, { ...before, health });
    this.#agent?.report(name, health);
  }

  #keyOf = (name: Name): string => instanceKey({ ...this.#slot, ...name });
}

/** One source of instances: what it sets belongs to it alone. */
export interface InstanceSource extends Pick<Agent, 'slot' | 'drop' | 'replace'> {
  /** Whether an instance belongs to this source. */
  owns(name: Name): boolean;
  /** Sets an instance; false if a stronger source has its name. */
  put(spec: InstanceSpec, health: Health): boolean;
  /** Ignored for an instance of another source. */
  report(name: Name, health: Health): void;
  /** As `report`, but a check does not end `draining`. */
  reportCheck(name: Name, result: Health): void;
}

import {
  type Health,
  type InstanceSpec,
  sameHealth,
} from '../../domain/records/desired-instances.ts';
import { mostInstances } from '../../domain/records/record-budget.ts';
import type { InstanceSource } from './instance-sources.ts';

/** An instance that the agent should have. */
export interface WantedInstance {
  readonly spec: InstanceSpec;
  readonly health: Health;
}

/** What a source gave the agent last, so that only changes are given again. */
export class ShownInstances {
  readonly #source: InstanceSource;
  readonly #shown = new Map<string, WantedInstance & { readonly text: string }>();

  constructor(source: InstanceSource) {
    this.#source = source;
  }

  /**
   * Makes the agent have exactly these, at most {@link mostInstances}. Those that it has come before new ones.
   * @returns `taken`: those whose name a stronger source has; `excess`: how many are left out
   */
  show(wanted: ReadonlyMap<string, WantedInstance>): {
    readonly taken: readonly InstanceSpec[];
    readonly excess: number;
  } {
    const kept = wanted.size > mostInstances ? this.#first(wanted) : wanted;
    for (const [name, { spec }] of this.#shown) {
      if (kept.has(name)) continue;
      this.#source.drop(spec);
      this.#shown.delete(name);
    }
    const taken = [...kept].flatMap(([name, one]) => (this.add(name, one) ? [] : [one.spec]));
    return { taken, excess: wanted.size - kept.size };
  }

  #first(wanted: ReadonlyMap<string, WantedInstance>): ReadonlyMap<string, WantedInstance> {
    const known = [...wanted].filter(([name]) => this.#shown.has(name));
    const others = [...wanted].filter(([name]) => !this.#shown.has(name));
    return new Map([...known, ...others].slice(0, mostInstances));
  }

  /** Gives the agent one instance, or its changes; false if a stronger source has its name. */
  add(name: string, { spec, health }: WantedInstance): boolean {
    const text = JSON.stringify(spec);
    const before = this.#shown.get(name);
    const isSame = before?.text === text && this.#source.owns(spec);
    if (isSame && sameHealth(before.health, health)) return true;
    if (isSame) this.#source.report(spec, health);
    else if (!this.#source.put(spec, health)) return false;
    this.#shown.set(name, { spec, health, text });
    return true;
  }
}

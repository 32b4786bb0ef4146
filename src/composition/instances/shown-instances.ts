import {
  type Health,
  type InstanceSpec,
  sameHealth,
} from '../../domain/records/desired-instances.ts';
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

  /** Makes the agent have exactly these. Returns those whose name a stronger source has. */
  show(wanted: ReadonlyMap<string, WantedInstance>): readonly InstanceSpec[] {
    for (const [name, { spec }] of this.#shown) {
      if (wanted.has(name)) continue;
      this.#source.drop(spec);
      this.#shown.delete(name);
    }
    return [...wanted].flatMap(([name, one]) => (this.add(name, one) ? [] : [one.spec]));
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

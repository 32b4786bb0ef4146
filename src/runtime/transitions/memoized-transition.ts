import type { StateValue } from '../../domain/events/event-schema.ts';
import type { CompiledMachine, MachineState, Transition } from './transition.ts';
import { initialTransition, transition } from './transition.ts';

/** Steps one machine over a history, where the same few steps are asked for a million times. */
export class MemoizedMachine {
  readonly #steppable: CompiledMachine;
  readonly #known = new Map<string, Transition | 'ignored'>();
  readonly #guarded: boolean;
  readonly #finals: ReadonlySet<string>;

  constructor(steppable: CompiledMachine) {
    this.#steppable = steppable;
    const states = Object.values(steppable.machine.root.states);
    this.#finals = new Set(states.filter(({ type }) => type === 'final').map(({ key }) => key));
    // Without a guard nothing but the state and the event's type decides.
    this.#guarded = steppable.hasGuards;
  }

  get compiled(): CompiledMachine {
    return this.#steppable;
  }

  initialTransition(): Transition {
    return this.#remember('', () => initialTransition(this.#steppable)) as Transition;
  }

  transition(standing: MachineState, event: { readonly type: string }): Transition | 'ignored' {
    const value =
      typeof standing.value === 'string' ? standing.value : JSON.stringify(standing.value);
    const key = this.#guarded
      ? `${value}\0${JSON.stringify(standing.context)}\0${JSON.stringify(event)}`
      : `${value}\0${event.type}`;
    return this.#remember(key, () => transition(this.#steppable, standing, event));
  }

  /** Whether the machine ends there. */
  isFinal(value: StateValue): boolean {
    return typeof value === 'string' && this.#finals.has(value);
  }

  #remember(key: string, take: () => Transition | 'ignored'): Transition | 'ignored' {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const taken = take();
    if (this.#known.size < rememberedAtMost) this.#known.set(key, taken);
    return taken;
  }
}

/** A machine of ours has some dozens of steps; a guarded one is remembered by its events too. */
const rememberedAtMost = 10_000;

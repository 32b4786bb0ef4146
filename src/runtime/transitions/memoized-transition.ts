import type { StateValue } from '../../domain/events/event-schema.ts';
import type { CompiledMachine, MachineState, Transition } from './transition.ts';
import { initialTransition, transition } from './transition.ts';

/**
 * Computes the transitions of one machine and remembers them. A history asks for the same few
 * transitions a million times.
 */
export class MemoizedMachine {
  readonly #machine: CompiledMachine;
  readonly #results = new Map<string, Transition | 'ignored'>();
  /** Both are computed at the first use. Without a guard, the result depends only on state and event type. */
  #hasGuards: boolean | undefined;
  #cachedFinals: ReadonlySet<string> | undefined;

  constructor(machine: CompiledMachine) {
    this.#machine = machine;
  }

  get #finals(): ReadonlySet<string> {
    this.#cachedFinals ??= new Set(
      Object.values(this.#machine.machine.root.states)
        .filter(({ type }) => type === 'final')
        .map(({ key }) => key),
    );
    return this.#cachedFinals;
  }

  get compiled(): CompiledMachine {
    return this.#machine;
  }

  initialTransition(): Transition {
    return this.#remember('', () => initialTransition(this.#machine)) as Transition;
  }

  transition(state: MachineState, event: { readonly type: string }): Transition | 'ignored' {
    const value = typeof state.value === 'string' ? state.value : JSON.stringify(state.value);
    this.#hasGuards ??= this.#machine.hasGuards;
    const key = this.#hasGuards
      ? `${value}\0${JSON.stringify(state.context)}\0${JSON.stringify(event)}`
      : `${value}\0${event.type}`;
    return this.#remember(key, () => transition(this.#machine, state, event));
  }

  /** Whether this state is final. */
  isFinal(value: StateValue): boolean {
    return typeof value === 'string' && this.#finals.has(value);
  }

  #remember(key: string, compute: () => Transition | 'ignored'): Transition | 'ignored' {
    const result = this.#results.get(key);
    if (result !== undefined) return result;
    const computed = compute();
    if (this.#results.size < maxResults) this.#results.set(key, computed);
    return computed;
  }
}

/**
 * A machine has some dozens of transitions; of one with guards, each event is remembered
 * separately.
 */
const maxResults = 10_000;

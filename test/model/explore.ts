import type { Choice } from './branch.ts';
import { collectorSteps } from './collector-steps.ts';
import { isClean } from './quiescent.ts';
import type { Rules } from './removable-rules.ts';
import { runSteps } from './run-steps.ts';
import type { State } from './state.ts';
import { encode } from './state-encoding.ts';
import type { Broken } from './store.ts';
import { worldSteps } from './world-steps.ts';

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** Length of the longest shortest path. */
  readonly depth: number;
  readonly clean: number;
  readonly broken: (Broken & { readonly story: readonly string[] }) | undefined;
}

/** Every possible next step. */
function* choices(state: State, rules: Rules): Generator<Choice> {
  const planning = state.processes.findIndex(
    ({ life, task }) => life === 'up' && task?.pc === 'plan',
  );
  // A step without an await before it follows immediately; no other process sees the state between.
  if (planning >= 0) return yield* onlyFirst(runSteps(state, planning, rules));
  for (const index of state.processes.keys()) yield* runSteps(state, index, rules);
  for (const index of state.collectors.keys()) yield* collectorSteps(state, index, rules);
  yield* worldSteps(state, rules);
}

function* onlyFirst(steps: Generator<Choice>): Generator<Choice> {
  for (const step of steps) return yield step;
}

/**
 * Explores every reachable state breadth first, so that a violation is found by a shortest path. Then
 * checks that each state can reach a quiescent one by fault-free steps (G4, G5).
 */
export function explore(initial: State, rules: Rules): Explored {
  const known = new Map([[encode(initial), 0]]);
  const parents: number[] = [-1];
  const calm: [from: number[], to: number[]] = [[], []];
  const clean: number[] = [];
  let level: [number, State][] = [[0, initial]];
  let transitions = 0;
  let depth = 0;
  const story = (id: number): string[] => retell(initial, pathTo(id, parents), known, rules);
  const result = () => ({ states: known.size, transitions, depth, clean: clean.length });
  for (; level.length > 0; depth += 1) {
    const next: [number, State][] = [];
    for (const [id, state] of level) {
      if (isClean(state)) clean.push(id);
      for (const choice of choices(state, rules)) {
        transitions += 1;
        const { broken } = choice;
        if (broken)
          return {
            ...result(),
            broken: { ...broken, story: [...story(id), choice.say].filter(isTold) },
          };
        const key = encode(choice.next);
        let to = known.get(key);
        if (to === undefined) {
          to = known.size;
          known.set(key, to);
          parents.push(id);
          next.push([to, choice.next]);
        }
        if (!choice.calm) continue;
        calm[0].push(id);
        calm[1].push(to);
      }
    }
    level = next;
  }
  const stuck = firstWithout(reaching(clean, calm, known.size));
  if (stuck === undefined) return { ...result(), broken: undefined };
  const what = 'from here nothing comes to a clean state any more';
  return { ...result(), broken: { property: 'G5', what, story: story(stuck).filter(isTold) } };
}

function pathTo(id: number, parents: readonly number[]): number[] {
  const path: number[] = [];
  for (let at = id; at > 0; at = parents[at] ?? 0) path.push(at);
  return path.reverse();
}

/** Repeats the path and returns it as text. */
function retell(
  initial: State,
  path: readonly number[],
  known: ReadonlyMap<string, number>,
  rules: Rules,
): string[] {
  let state = initial;
  return path.map((id) => {
    for (const { next, say } of choices(state, rules)) {
      if (known.get(encode(next)) !== id) continue;
      state = next;
      return say;
    }
    throw new Error('a path of the model can not be gone again');
  });
}

/** The states that reach one of these by calm steps, searched backwards. */
function reaching(
  clean: readonly number[],
  [from, to]: readonly [readonly number[], readonly number[]],
  states: number,
): Uint8Array {
  const begins = new Uint32Array(states + 1);
  for (const id of to) begins[id + 1] = (begins[id + 1] ?? 0) + 1;
  for (let id = 0; id < states; id += 1) begins[id + 1] = (begins[id + 1] ?? 0) + (begins[id] ?? 0);
  const place = begins.slice();
  const before = new Uint32Array(to.length);
  for (const [edge, id] of to.entries()) {
    const free = place[id] ?? 0;
    before[free] = from[edge] ?? 0;
    place[id] = free + 1;
  }
  const reached = new Uint8Array(states);
  const todo = [...clean];
  for (const id of todo) reached[id] = 1;
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (let edge = begins[id] ?? 0; edge < (begins[id + 1] ?? 0); edge += 1) {
      const source = before[edge] ?? 0;
      if (reached[source]) continue;
      reached[source] = 1;
      todo.push(source);
    }
  }
  return reached;
}

const isTold = (said: string): boolean => said !== '';

function firstWithout(reached: Uint8Array): number | undefined {
  const first = reached.indexOf(0);
  return first < 0 ? undefined : first;
}

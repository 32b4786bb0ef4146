import {
  type ConsumerState,
  type ConsumerWeakening,
  handedOut,
  initialState,
  keyOf,
} from './consumer-state.ts';
import { stepsOf } from './consumer-steps.ts';

export interface ExploredConsumer {
  readonly states: number;
  readonly transitions: number;
  /** Why G13 does not hold, and the shortest way there. */
  readonly broken: { readonly what: string; readonly story: readonly string[] } | undefined;
}

/** Explores every reachable state of a consumer's view, breadth first, and checks G13 in each. */
export function exploreConsumer(without: ReadonlySet<ConsumerWeakening>): ExploredConsumer {
  const known = new Set([keyOf(initialState, [])]);
  let level: (readonly [ConsumerState, readonly string[]])[] = [[initialState, []]];
  let transitions = 0;
  while (level.length > 0) {
    const deeper: (readonly [ConsumerState, readonly string[]])[] = [];
    for (const [state, story] of level) {
      for (const { say, next } of stepsOf(state)) {
        transitions += 1;
        const handed = handedOut(next, without);
        const key = keyOf(next, handed);
        if (known.has(key)) continue;
        known.add(key);
        const way = [...story, say];
        const what = violationOf(next, handed);
        if (what !== undefined) {
          return { states: known.size, transitions, broken: { what, story: way } };
        }
        deeper.push([next, way]);
      }
    }
    level = deeper;
  }
  return { states: known.size, transitions, broken: undefined };
}

/** G13: what is not known to have ended is handed out for `keepLast`, and what is known to have ended is not. */
function violationOf(state: ConsumerState, handed: readonly string[]): string | undefined {
  const isEmpty = state.sights.every(({ row }) => row === undefined);
  if (!state.isCurrent || !isEmpty) return undefined;
  const vanishedAt = (n: number) =>
    state.taken.findLast(({ changes }) => changes[n]?.[0] && !changes[n]?.[1]);
  for (const [n, { ended, wasSeen }] of state.instances.entries()) {
    const { end = 'none yet' } = state.sights[n] ?? {};
    if (end === 'none yet') continue;
    const vanished = vanishedAt(n);
    const last = vanished?.changes[n]?.[0];
    const isFresh = vanished?.at === state.at;
    const isHanded = handed.includes(`${n}`);
    if (isHanded && !isFresh) return `instance ${n} is handed out after its time`;
    if (isHanded && end !== 'nothing') {
      return `instance ${n} is handed out, although the view saw its end: ${end}`;
    }
    if (
      !isHanded &&
      isFresh &&
      wasSeen &&
      ended === undefined &&
      last?.health.state === 'serving'
    ) {
      return `instance ${n} is not handed out, although nothing ended it`;
    }
  }
  return undefined;
}

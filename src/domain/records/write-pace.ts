import { type Millis, type MonotonicTime, minutes, seconds } from '../time.ts';
import { type DesiredInstance, sameDesired } from './desired-instances.ts';

/** So many changes of one instance by its application are written without a pause. */
const changesAtOnce = 20;
/** One more in each such time in which the instance is not paused. */
const changeRegained: Millis = seconds(1);
/** The first pause; each further one is twice as long. */
const firstPause: Millis = seconds(0.5);
/** Well below a ttl: a change of health must not wait long, whatever the application did before. */
const longestPauseOfChanges: Millis = seconds(4);
const longestPauseOfRewrites: Millis = seconds(30);
/** An instance that was not written for so long, and at most twice that, is forgotten. */
const forgottenAfter: Millis = minutes(5);

/**
 * How often an agent may write each of its instances. A commit that is stored does not show that a loop makes progress: the
 * record may never equal what is desired, or something changes it again after each write. Two rules:
 *
 * - The same is written again: nobody has asked for a change. A second write needs no pause: attributes and health can
 *   need one each, and a store can lose a record. From the third on, the pauses grow to 30 s.
 * - Something else is written each time: the application changes it. 20 changes at once, and one a second for ever, need no
 *   pause. Beyond that the pauses grow to 4 s, and only the last change is written.
 *
 * An instance that was never written is never paused, and no instance delays another.
 */
export class WritePace {
  /** The instances that were written last, and those before. Swapped by time, so that neither grows for ever. */
  #recent = new Map<string, Writes>();
  #earlier = new Map<string, Writes>();
  #swappedAt: MonotonicTime = 0;
  #due: MonotonicTime | undefined;

  /** An instance was written; undefined: it was removed. Returns its pause if one begins or is longer than before. */
  written(
    key: string,
    wanted: DesiredInstance | undefined,
    now: MonotonicTime,
  ): WritePause | undefined {
    this.#forget(now);
    const before = this.#of(key);
    const writes = next(before, wanted, now);
    this.#recent.set(key, writes);
    this.#earlier.delete(key);
    if (writes.pause <= (before?.longest ?? 0)) return undefined;
    writes.longest = writes.pause;
    return { why: writes.rewrites > 1 ? 'same' : 'changes', pause: writes.pause };
  }

  /** Whether it must not be written now. `takeDue` then tells when it may be. */
  isPaused(key: string, wanted: DesiredInstance | undefined, now: MonotonicTime): boolean {
    const writes = this.#of(key);
    if (!writes) return false;
    const { rewritableAt, changeableAt } = writes;
    const due = isSame(writes.wanted, wanted) ? rewritableAt : changeableAt;
    if (due <= now) return false;
    this.#due = Math.min(due, this.#due ?? due);
    return true;
  }

  /** When the first of the instances that were found paused may be written; undefined: none was. */
  takeDue(): MonotonicTime | undefined {
    const due = this.#due;
    this.#due = undefined;
    return due;
  }

  #of(key: string): Writes | undefined {
    return this.#recent.get(key) ?? this.#earlier.get(key);
  }

  #forget(now: MonotonicTime): void {
    if (now - this.#swappedAt < forgottenAfter) return;
    this.#swappedAt = now;
    this.#earlier = this.#recent;
    this.#recent = new Map();
  }
}

/** `same`: nobody asked for a change. `changes`: the application asks for more changes than are written. */
export interface WritePause {
  readonly why: 'same' | 'changes';
  readonly pause: Millis;
}

/** What is known of the writes of one instance. */
interface Writes {
  readonly wanted: DesiredInstance | undefined;
  /** How often the last wish was written again. */
  readonly rewrites: number;
  /** How many changes need no pause; below 0: how many were too many. */
  readonly credit: number;
  readonly pause: Millis;
  readonly rewritableAt: MonotonicTime;
  readonly changeableAt: MonotonicTime;
  /** The longest pause that was reported. */
  longest: Millis;
}

function next(
  before: Writes | undefined,
  wanted: DesiredInstance | undefined,
  now: MonotonicTime,
): Writes {
  const longest = before?.longest ?? 0;
  if (before && isSame(before.wanted, wanted)) {
    const rewrites = before.rewrites + 1;
    const pause = pauseAfter(rewrites - 1, longestPauseOfRewrites);
    return { ...before, rewrites, pause, rewritableAt: now + pause, longest };
  }
  const calm = before ? Math.max(0, now - before.changeableAt) : 0;
  const sum =
    Math.min(changesAtOnce, (before?.credit ?? changesAtOnce) + calm / changeRegained) - 1;
  const credit = Math.max(sum, -mostExcess);
  const pause = pauseAfter(Math.ceil(-credit), longestPauseOfChanges);
  return {
    ...{ wanted, rewrites: 0, credit, pause, longest },
    rewritableAt: now,
    changeableAt: now + pause,
  };
}

/** More than this makes no pause longer: so an application that calms down is soon without pauses. */
const mostExcess = 4;

/** 0.5, 1, 2 s and so on after the first, second and third write too many; 0 before. */
const pauseAfter = (excess: number, longest: Millis): Millis =>
  excess < 1 ? 0 : Math.min(longest, firstPause * 2 ** (excess - 1));

const isSame = (a: DesiredInstance | undefined, b: DesiredInstance | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sameDesired(a, b));

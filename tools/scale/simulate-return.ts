/**
 * What happens when all agents of a fleet register at the same moment, for example after a power cut.
 *
 * The store does one commit after the other, at a fixed rate. A commit that waits longer than an agent waits for its
 * answer is done all the same: the agent reads the registry, and if its commit is not there yet, it sends another one,
 * which the store has to refuse when its turn comes. The refused ones are counted as wasted.
 */
export interface Return {
  readonly agents: number;
  /** Commits that each agent needs, one after the other. */
  readonly commitsEach: number;
  /** Commits of the store, per second. */
  readonly rate: number;
  /** Seconds an agent waits for an answer. */
  readonly answerWithin: number;
  /** Seconds before an agent's attempt number `n`, counted from 1, for a random fraction. */
  readonly pause: (n: number, fraction: number) => number;
  readonly seed: number;
}

export interface Returned {
  /** Seconds until half of the agents, and until all of them, are registered. */
  readonly half: number;
  readonly all: number;
  /** Commits that were refused, for each one that was useful. */
  readonly wasted: number;
  /** The longest queue of the store, in commits. */
  readonly queue: number;
}

/** The same pause before each attempt: 0.25 to 0.75 s. */
export const constantPause = (_: number, fraction: number): number => 0.5 * (0.5 + fraction);

/** As the pauses of an agent: short four times, then doubling up to 2 to 6 s. */
export const growingPause = (n: number, fraction: number): number =>
  Math.min(4, 0.5 * 2 ** Math.max(0, n - 4)) * (0.5 + fraction);

interface Agent {
  /** Commits that are done. */
  done: number;
  attempts: number;
}

/** An agent looks for the answer to its last attempt, and sends another one if its commit was not done. */
interface Look {
  readonly agent: Agent;
  readonly step: number;
}

/** Seconds after which a return counts as failed. */
const giveUpAfter = 3600;

/** A queue of so many commits for each agent only grows. */
const hopeless = 20;

/** Undefined: not all agents are registered after an hour, or the queue only grows. */
export function simulateReturn(options: Return): Returned | undefined {
  const { agents, commitsEach, rate, answerWithin, pause, seed } = options;
  const random = seededRandom(seed);
  const waiting = new Queue<Look>();
  const looks = new Timers<Look>();
  for (let n = 0; n < agents; n += 1)
    looks.add(random(), { agent: { done: 0, attempts: 0 }, step: 0 });
  const send = (agent: Agent, now: number) => {
    const look = { agent, step: agent.done };
    agent.attempts += 1;
    waiting.push(look);
    looks.add(now + answerWithin + pause(agent.attempts, random()), look);
  };
  const ends: number[] = [];
  let wasted = 0;
  let longest = 0;
  for (let turn = 1; ends.length < agents; turn += 1) {
    const now = turn / rate;
    if (now > giveUpAfter || waiting.length > hopeless * agents) return undefined;
    for (const { agent, step } of looks.dueAt(now)) if (agent.done === step) send(agent, now);
    longest = Math.max(longest, waiting.length);
    const next = waiting.shift();
    if (!next) continue;
    const { agent, step } = next;
    if (step !== agent.done) {
      wasted += 1;
      continue;
    }
    agent.done += 1;
    agent.attempts = 0;
    if (agent.done === commitsEach) ends.push(now);
    else send(agent, now);
  }
  const half = ends[Math.floor(agents / 2)] ?? 0;
  const useful = agents * commitsEach;
  return { half, all: ends.at(-1) ?? 0, wasted: wasted / useful, queue: longest };
}

/** A queue that forgets what it gave out. */
class Queue<T> {
  #items: T[] = [];
  #next = 0;

  get length(): number {
    return this.#items.length - this.#next;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#next];
    if (item !== undefined) this.#next += 1;
    if (this.#next > 10_000) {
      this.#items = this.#items.slice(this.#next);
      this.#next = 0;
    }
    return item;
  }
}

/** What is due, in slots of 100 ms. */
class Timers<T> {
  readonly #slots = new Map<number, T[]>();
  #next = 0;

  add(at: number, item: T): void {
    const slot = Math.max(this.#next, Math.ceil(at * 10));
    const items = this.#slots.get(slot);
    if (items) items.push(item);
    else this.#slots.set(slot, [item]);
  }

  *dueAt(now: number): Iterable<T> {
    for (; this.#next <= now * 10; this.#next += 1) {
      yield* this.#slots.get(this.#next) ?? [];
      this.#slots.delete(this.#next);
    }
  }
}

/** The generator mulberry32: the same fractions for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

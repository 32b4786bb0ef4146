import { NoReplyError, type Transport } from '../../../src/adapters/memory/server/transport.ts';
import type { Millis, MonotonicTime } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Gate } from './gate.ts';

/**
 * What becomes of one request: it never leaves (`unsent`), it is lost on its way (`lost`), it is
 * served and the answer is lost (`unanswered`), it is served long after the client gave up (`late`),
 * it is answered, and a copy of it is served once more (`twice`).
 */
export type Fate = 'fine' | 'unsent' | 'lost' | 'unanswered' | 'late' | 'twice';

export const mishaps = ['unsent', 'lost', 'unanswered', 'late'] as const satisfies readonly Fate[];

/** The fates and delays of a healthy connection. */
export const calm = (): Fate => 'fine';
export const undelayed = (): Millis => 0;

const lateBy: Millis = 700;
/** The time that a client waits for a store without a leader. */
const leaderless: Millis = 2000;
const leaderFound = 'the leader was found';

/** A store without a leader for a while, and the outcome of the requests sent meanwhile. */
export interface Leader {
  readonly gate: Gate;
  /** Whether a request is served after its client gave up. */
  keeps(): boolean;
}

/** The connection of one process to the store, with all its faults. */
export class Line implements Transport {
  readonly gate: Gate;
  /** Called when it was cut or restored. */
  changed: () => void = () => {};
  /** The bucket of which this process may not make a watch; a watch that exists ends. */
  refusedWatch: 'registry' | 'leases' | undefined;
  /** The timeout of the client. */
  patience: Millis = 0;
  readonly #clock: Clock;
  readonly #served: () => void;
  readonly #leader: Leader;
  #requests = 0;
  #down = false;
  #fate: (n: number) => Fate = calm;
  #delay: () => Millis = undelayed;
  /** When its fates, its delays or the cut last changed. */
  #changedAt: MonotonicTime = Number.NEGATIVE_INFINITY;

  constructor(gate: Gate, clock: Clock, leader: Leader, served: () => void) {
    this.gate = gate;
    this.#clock = clock;
    this.#leader = leader;
    this.#served = served;
  }

  /** The connection is cut: every request fails, unsent. */
  get down(): boolean {
    return this.#down;
  }

  set down(down: boolean) {
    this.#down = down;
    this.#changedAt = this.#clock.monotonic();
    this.changed();
  }

  /** The fate of the n-th request, counted from 1. */
  get fate(): (n: number) => Fate {
    return this.#fate;
  }

  set fate(fate: (n: number) => Fate) {
    this.#fate = fate;
    this.#changedAt = this.#clock.monotonic();
  }

  /** The delays of a request and of its answer. */
  get delay(): () => Millis {
    return this.#delay;
  }

  set delay(delay: () => Millis) {
    this.#delay = delay;
    this.#changedAt = this.#clock.monotonic();
  }

  /** Since when every request is answered at once; undefined: it is disturbed. */
  get calmSince(): MonotonicTime | undefined {
    const isCalm = !this.#down && this.#fate === calm && this.#delay === undelayed;
    return isCalm ? this.#changedAt : undefined;
  }

  /** The number of requests so far. */
  get requests(): number {
    return this.#requests;
  }

  async carry<T>(serve: () => T): Promise<T> {
    // Asynchronous, so that a test can still set the fate of the first request.
    await this.gate.opened();
    if (this.#down) throw new NoReplyError('the line is down', false);
    this.#requests += 1;
    const fate = this.#fate(this.#requests);
    if (this.gate.shut) await this.gate.opened();
    if (fate === 'unsent') throw new NoReplyError('not sent', false);
    await this.#underWay();
    if (this.#leader.gate.shut) await this.#outlast(serve);
    if (fate === 'lost' || fate === 'late') {
      if (fate === 'late') void this.#clock.sleep(lateBy).then(() => this.#serveUnheard(serve));
      await this.#waitInVain();
      throw new NoReplyError('no answer', true);
    }
    const answer = this.#serve(serve);
    if (fate === 'unanswered') {
      await this.#waitInVain();
      throw new NoReplyError('no answer', true);
    }
    if (fate === 'twice') void this.#clock.sleep(lateBy).then(() => this.#serveUnheard(serve));
    await this.#underWay();
    if (this.gate.shut) await this.gate.opened();
    if (this.#down) throw new NoReplyError('cut off while it was under way', true);
    return answer;
  }

  /** Waits until there is a leader again, or gives up with an unknown outcome. */
  async #outlast(serve: () => unknown): Promise<void> {
    const { gate } = this.#leader;
    const found = new AbortController();
    const opened = gate.opened().then(() => found.abort(leaderFound));
    await Promise.race([opened, this.#clock.sleep(leaderless, found.signal)]);
    if (found.signal.aborted) return;
    if (this.#leader.keeps()) void gate.opened().then(() => this.#serveUnheard(serve));
    if (this.gate.shut) await this.gate.opened();
    throw new NoReplyError('the store has no leader', true);
  }

  #serve<T>(serve: () => T): T {
    const answer = serve();
    this.#served();
    return answer;
  }

  /** Ignores the answer, also a refusal. */
  #serveUnheard(serve: () => unknown): void {
    try {
      this.#serve(serve);
    } catch {
      this.#served();
    }
  }

  async #underWay(): Promise<void> {
    const delay = this.#delay();
    if (delay > 0) await this.#clock.sleep(delay);
  }

  async #waitInVain(): Promise<void> {
    if (this.patience > 0) await this.#clock.sleep(this.patience);
    if (this.gate.shut) await this.gate.opened();
  }
}

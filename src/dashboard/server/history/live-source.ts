import { Fault } from '../../../domain/fault.ts';
import { judgingSeats } from '../../../domain/fleet/judging-seats.ts';
import { allSeats } from '../../../domain/identity/registry-keys.ts';
import { readSeat } from '../../../domain/records/stored-record.ts';
import { type Millis, seconds, type WallTime } from '../../../domain/time.ts';
import type { History, StoredEvent } from '../../../ports/audit.ts';
import type { Charts } from '../../../ports/charts.ts';
import type { Keyframes } from '../../../ports/keyframes.ts';
import type { Ports } from '../../../ports/ports.ts';
import { GapReload } from './gap-reload.ts';
import { HistoryIndex } from './history-index.ts';
import { type IngestProgress, ingest, Notifier } from './ingest.ts';
import { loadKeyframe } from './load-keyframe.ts';

/** The history that the dashboard shows, in memory, and the state of its origin. */
export interface Source {
  /** A description of the origin, for people. */
  readonly name: string;
  readonly mode: 'live' | 'recording';
  readonly history: History;
  readonly keyframes: Keyframes | undefined;
  /** Published charts of earlier machines. A recording has only the current charts. */
  readonly charts: Pick<Charts, 'get'> | undefined;
  /** What a reader must know of this history, as a sentence. */
  readonly notice?: string | undefined;
  /** A new value after each reset. */
  index(): HistoryIndex;
  readonly bell: Notifier;
  /** Resolves when everything that was stored at the start is loaded. */
  readonly caughtUp: Promise<void>;
  /** The reason for the last reset, and the number of resets. */
  resets(): { readonly count: number; readonly reason: string };
  now(): WallTime;
  storeAwaySince(): WallTime | null;
  /** The times in which the store did not answer, without the present one. */
  outages(): readonly Outage[];
  /** The runs that have a seat and judge; null: not known. */
  seats(): readonly string[] | null;
  /** When each run was last seen with a seat, the last twenty since the start of this process. */
  seatSeen(): ReadonlyMap<string, WallTime>;
}

type Outage = readonly [from: WallTime, to: WallTime];

const mostOutages = 20;
const mostSeats = 20;
const lookEvery: Millis = seconds(2);
/** A working follower has every event within this time, while its store answers. */
const behindAfter: Millis = seconds(10);
const tryAgainAfter: Millis = seconds(1);
/** A restore takes seconds; it is also looked for whenever the store did not answer. */
const compareEvery: Millis = seconds(10);
/** A server that is stopped, restored and started delivers nothing for at least this time. */
const restoreTakes: Millis = seconds(1);
const otherHistory = 'the audit was put back to an older copy: it has other events now';

type LivePorts = Pick<Ports, 'audit' | 'charts' | 'keyframes' | 'leases' | 'clock' | 'log'>;

/** Follows the audit of a namespace while it is open. One reader serves all browsers. */
export class LiveSource implements Source, AsyncDisposable {
  readonly mode = 'live';
  readonly name: string;
  readonly bell = new Notifier();
  readonly history: History;
  readonly keyframes: Keyframes;
  readonly charts: Pick<Charts, 'get'>;
  readonly #ports: LivePorts;
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  readonly #caughtUp = Promise.withResolvers<void>();
  #index = new HistoryIndex();
  #resets = { count: 0, reason: '' };
  #awaySince: WallTime | null = null;
  #outages: readonly Outage[] = [];
  #seats: readonly string[] | null = null;
  /** The run that was seen last is last. */
  readonly #seatSeen = new Map<string, WallTime>();
  #warned: string | undefined;
  /** Ends the present reading: a reader behind the end of the audit would wait until it has grown there. */
  #following = new AbortController();
  /** The last event of the index. */
  #shown: StoredEvent | undefined;
  readonly #gaps: GapReload;

  constructor(name: string, ports: LivePorts, onProgress: IngestProgress = () => {}) {
    this.name = name;
    this.#ports = ports;
    this.history = ports.audit;
    this.#gaps = new GapReload(ports.audit);
    this.keyframes = ports.keyframes;
    this.charts = ports.charts;
    this.#done = Promise.all([this.#follow(onProgress), this.#look()]);
  }

  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  index(): HistoryIndex {
    return this.#index;
  }

  resets() {
    return this.#resets;
  }

  now(): WallTime {
    return this.#ports.clock.wall();
  }

  storeAwaySince(): WallTime | null {
    return this.#awaySince;
  }

  outages(): readonly Outage[] {
    return this.#outages;
  }

  seats(): readonly string[] | null {
    return this.#seats;
  }

  seatSeen(): ReadonlyMap<string, WallTime> {
    return this.#seatSeen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.bell.ring();
    await this.#done;
  }

  async #follow(onProgress: IngestProgress): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#followOnce(onProgress, signal);
      } catch (cause) {
        // The store has another history now: the loaded events belong to a deleted one.
        if (codeOf(cause) === 'store-misconfigured' && this.#index.last > 0)
          this.#reset(cause instanceof Error ? cause.message : '');
        else this.#report('audit-not-read', cause);
      }
      await this.#ports.clock.sleep(tryAgainAfter, signal);
    }
    this.#caughtUp.resolve();
  }

  async #followOnce(onProgress: IngestProgress, signal: AbortSignal): Promise<void> {
    const { audit, keyframes, clock } = this.#ports;
    const index = this.#index;
    const { first, last } = await audit.range();
    if (index.last === 0) await loadKeyframe(index, audit, keyframes, first, signal);
    if (last <= index.last) this.#caughtUp.resolve();
    this.#following = new AbortController();
    let deliveredAt = clock.monotonic();
    const both = AbortSignal.any([signal, this.#following.signal]);
    for await (const stored of audit.follow(index.last + 1, both)) {
      if (this.#index !== index) return;
      // An audit that is put back delivers nothing meanwhile, and then may go on behind what is shown.
      if (clock.monotonic() - deliveredAt > restoreTakes && !(await this.#isSameHistory()))
        return this.#reset(otherHistory);
      deliveredAt = clock.monotonic();
      ingest(index, stored);
      this.#shown = stored;
      if (await this.#gaps.isDue(stored))
        this.#reset('the audit lost events: the history begins again behind them');
      if (stored.seq >= last) this.#caughtUp.resolve();
      else if (stored.seq % 1000 === 0) onProgress(stored.seq, last);
      this.bell.ring();
    }
  }

  /** Both tasks try again. An unforeseen failure is a warning, and must not end the server of all browsers. */
  #report(event: string, cause: unknown): void {
    const why = String(cause);
    if (cause instanceof Fault) this.#ports.log.debug(event, { why });
    else if (why !== this.#warned) this.#ports.log.warn(event, { why });
    this.#warned = why;
  }

  /** Whether the audit still has the last event that is shown: it may have been put back to an older copy. */
  async #isSameHistory(): Promise<boolean> {
    const shown = this.#shown;
    if (!shown) return true;
    const { first, last } = await this.#ports.audit.range();
    if (last < shown.seq) return false;
    if (shown.seq < first) return true;
    for await (const { origin, text } of this.#ports.audit.read(shown.seq))
      return origin === shown.origin && text === shown.text;
    return true;
  }

  #reset(reason: string): void {
    this.#shown = undefined;
    this.#following.abort();
    this.#index = new HistoryIndex();
    this.#resets = { count: this.#resets.count + 1, reason };
    this.bell.ring();
  }

  #isBack(at: WallTime): void {
    if (this.#awaySince !== null)
      this.#outages = [...this.#outages, [this.#awaySince, at] as const].slice(-mostOutages);
    this.#awaySince = null;
  }

  #see(runs: readonly string[], at: WallTime): void {
    this.#seats = runs;
    for (const run of runs) {
      this.#seatSeen.delete(run);
      this.#seatSeen.set(run, at);
    }
    for (const run of [...this.#seatSeen.keys()].slice(0, -mostSeats)) this.#seatSeen.delete(run);
  }

  /** Whether the store answers, and whether a collector watches. */
  async #look(): Promise<void> {
    const { audit, clock, leases } = this.#ports;
    const { signal } = this.#stop;
    let heard = clock.wall();
    let compared = heard;
    /** The end of the audit at a moment, until the index has reached it. */
    let expected = { last: 0, since: heard };
    while (!signal.aborted) {
      try {
        if (clock.wall() - compared >= compareEvery) {
          if (!(await this.#isSameHistory())) this.#reset(otherHistory);
          compared = clock.wall();
        }
        const { last } = await audit.range();
        if (this.#index.last >= expected.last) expected = { last, since: clock.wall() };
        heard = clock.wall();
        // The store answers, and yet its events do not arrive: what is shown is as old as that.
        const isBehind = heard - expected.since > behindAfter && this.#index.last < expected.last;
        if (isBehind) this.#awaySince = expected.since;
        else this.#isBack(heard);
        // A seat with an unreadable record counts, too.
        const seats = judgingSeats(await leases.list(allSeats));
        this.#see(
          seats.map(({ text }) => readSeat(text)?.run ?? ''),
          heard,
        );
      } catch (cause) {
        this.#seats = null;
        compared = 0;
        if (codeOf(cause) === 'store-unavailable') this.#awaySince = heard;
        this.#report('store-not-read', cause);
      }
      await clock.sleep(lookEvery, signal);
    }
  }
}

const codeOf = (cause: unknown) => (cause instanceof Fault ? cause.code : undefined);

import { Connection } from '../../../src/adapters/memory/server/connection.ts';
import { NoReplyError } from '../../../src/adapters/memory/server/transport.ts';
import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import type { Slot } from '../../../src/domain/identity/names.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import type { MonotonicTime } from '../../../src/domain/time.ts';
import type { Log } from '../../../src/ports/log.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import type { Commit, CommitOutcome } from '../../../src/ports/registry.ts';
import type { WatchEvent } from '../../../src/ports/watch.ts';
import { LinkedSignal } from '../../../src/runtime/support/linked-signal.ts';
import { Gate } from './gate.ts';
import { Line } from './link-faults.ts';
import { ProcessClock } from './process-clock.ts';
import { entropyOf, type Interruption, type Moment, type Surroundings } from './surroundings.ts';

/** One process with its own connection, its own clocks and an end. */
export class Process {
  readonly host: string;
  readonly pid: number;
  readonly gate = new Gate();
  readonly clock: ProcessClock;
  readonly line: Line;
  /** While it is closed, its watch of the registry delivers nothing; all else continues. */
  readonly view = new Gate();
  /** The same for its watch of the leases. */
  readonly sight = new Gate();
  /** It exchanges messages with the store only: it gets no probes and no notices. */
  mute = false;
  /** Called at every such action. */
  at: (moment: Moment) => Promise<void> | void = () => {};
  readonly ports: Ports;
  /** Its attempted commits with their outcomes. */
  readonly commits: { readonly commit: Commit; readonly outcome: CommitOutcome['outcome'] }[] = [];
  /** Called right before a commit of this process arrives. */
  beforeCommit: ((commit: Commit) => Promise<void>) | undefined;
  readonly logged: { readonly event: string; readonly fields: Record<string, unknown> }[] = [];
  /** Number of renewals that its watch of the leases delivered, its own seat included. */
  heartbeats = 0;
  readonly #watches = new Set<AbortController>();
  readonly #store: ReturnType<typeof memoryStore>;
  readonly connection: Connection;
  /** The periods in which it was frozen or disconnected. */
  readonly interruptions: Interruption[] = [];
  /** Its current interruption. */
  interrupted: Pick<Interruption, 'why' | 'from'> | undefined;
  readonly #now: () => MonotonicTime;
  #suspendedAt: MonotonicTime | undefined;
  #powered = true;

  /** @param slot of its agent: its connection has this name */
  constructor(
    host: string,
    around: Surroundings,
    gone: (process: AgentRecord['process']) => boolean,
    slot?: Slot,
  ) {
    this.host = host;
    this.#now = () => around.clock.monotonic();
    this.pid = around.next();
    this.clock = new ProcessClock(around.clock, this.gate, around.timekeeping());
    this.line = new Line(this.gate, around.clock, around.leader, around.served);
    this.connection = new Connection(around.world, slot);
    this.line.changed = () => this.#tellServer();
    this.#store = memoryStore(around.world, this.line, this.connection);
    const { registry, leases } = this.#store;
    this.ports = {
      ...this.#store,
      registry: {
        ...registry,
        commit: (commit) => this.#commit(registry, commit),
        watch: (filters, signal) =>
          this.#watch((end) => registry.watch(filters, end), this.view, signal),
      },
      leases: {
        ...leases,
        renew: (...renewal) => this.#around('renewal', () => leases.renew(...renewal)),
        watch: (filters, signal) =>
          this.#watch((end) => leases.watch(filters, end), this.sight, signal),
      },
      messaging: this.#probe(),
      disconnects: {
        watch: (onDisconnect, signal) =>
          this.#store.disconnects.watch((departure) => {
            if (!this.mute) onDisconnect(departure);
          }, signal),
      },
      clock: this.clock,
      entropy: entropyOf(around),
      log: this.#log(),
      metrics: {
        ...noopMetrics,
        heartbeats: (messages) => {
          this.heartbeats += messages;
        },
      },
      processes: { isGone: gone },
      signatures: memorySignatures,
      hash: systemHash,
    };
  }

  get name(): string {
    return `process ${this.pid} on ${this.host}`;
  }

  /** SIGKILL: it stops, and the server notices that its connection closed. */
  async crash(): Promise<void> {
    this.gate.die();
    await this.#store[Symbol.asyncDispose]();
  }

  /** Its host lost power: it stops, and the server keeps its connection for a while. */
  vanish(): void {
    this.gate.die();
    this.#powered = false;
    this.#tellServer();
  }

  /** SIGSTOP: it does not answer, and its connection stays until the server closes it. */
  freeze(): void {
    this.gate.close();
    this.#tellServer();
  }

  /** Its machine is suspended: as frozen, and the monotonic clock does not count it. */
  suspend(): void {
    this.#suspendedAt ??= this.#now();
    this.freeze();
  }

  thaw(): void {
    if (this.#suspendedAt !== undefined) this.clock.standStill(this.#now() - this.#suspendedAt);
    this.#suspendedAt = undefined;
    this.gate.open();
    this.#tellServer();
  }

  #tellServer(): void {
    const why = this.gate.shut ? 'stopped' : this.line.down ? 'cut-off' : undefined;
    if (why !== this.interrupted?.why) {
      if (this.interrupted) this.interruptions.push({ ...this.interrupted, to: this.#now() });
      this.interrupted = why && { why, from: this.#now() };
    }
    const cutOff = this.line.down || !this.#powered;
    this.connection.become(cutOff ? 'cut-off' : this.gate.shut ? 'silent' : 'answering');
  }

  async #commit(registry: Ports['registry'], commit: Commit): Promise<CommitOutcome> {
    await this.beforeCommit?.(commit);
    const outcome = await this.#around('commit', () => registry.commit(commit));
    this.commits.push({ commit, outcome: outcome.outcome });
    return outcome;
  }

  async #around<T>(deed: 'commit' | 'renewal' | 'probe', act: () => Promise<T>): Promise<T> {
    await this.at(`before-${deed}`);
    const outcome = await act();
    await this.at(`after-${deed}`);
    if (this.gate.shut) await this.gate.opened();
    return outcome;
  }

  /** All its watches are lost, and started again. */
  loseWatches(): void {
    for (const watch of this.#watches) watch.abort(lostWatch);
  }

  async *#watch(
    open: (end: AbortSignal) => AsyncIterable<WatchEvent>,
    gate: Gate,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    while (!signal.aborted) {
      const lost = new AbortController();
      this.#watches.add(lost);
      using both = new LinkedSignal([signal, lost.signal]);
      for await (const feed of open(both.signal)) {
        if (gate.shut) await Promise.race([gate.opened(), aborted(signal)]);
        // A stopped process takes in nothing, also if its watch is held back no longer.
        if (this.gate.shut) await this.gate.opened();
        if (signal.aborted) return;
        yield feed;
      }
      this.#watches.delete(lost);
      if (!signal.aborted) yield { kind: 'stale', why: lostWatch };
    }
  }

  #probe(): Ports['messaging'] {
    const { messaging } = this.#store;
    const unheard = () => {
      if (this.mute) throw new NoReplyError('mute', true);
    };
    return {
      serve: (run, { pong, onNotice }) =>
        messaging.serve(run, {
          pong: () => {
            unheard();
            return pong();
          },
          onNotice: (notice) => {
            if (!this.mute) onNotice(notice);
          },
        }),
      ping: (run, within) =>
        this.#around('probe', async () => {
          if (!this.mute) return messaging.ping(run, within);
          await this.clock.sleep(within);
          return 'no-answer';
        }),
      notify: (run, notice) => {
        if (!this.mute) messaging.notify(run, notice);
      },
    };
  }

  #log(): Log {
    const write = (event: string, fields: Record<string, unknown> = {}) =>
      void this.logged.push({ event, fields });
    return { debug: write, info: write, warn: write };
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const lostWatch = 'the watch was lost';

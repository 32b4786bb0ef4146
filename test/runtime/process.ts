import { Connection } from '../../src/adapters/memory/connection.ts';
import { memoryStore } from '../../src/adapters/memory/store.ts';
import type { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import type { MemoryWorld } from '../../src/adapters/memory/world.ts';
import { RunId, type Slot } from '../../src/domain/names.ts';
import type { AgentRecord } from '../../src/domain/records.ts';
import type { Entropy } from '../../src/ports/entropy.ts';
import type { Feed } from '../../src/ports/feed.ts';
import type { Log } from '../../src/ports/log.ts';
import { noMeters } from '../../src/ports/meters.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Commit, Outcome } from '../../src/ports/registry.ts';
import { Gate } from './gate.ts';
import { Line } from './line.ts';
import { ProcessClock } from './process-clock.ts';

/** What all processes of a simulated fleet share. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly world: MemoryWorld;
  /** Numbers that nobody else gets. */
  next(): number;
  /** Uniform in [0, 1), from the seed. */
  fraction(): number;
  /** Called after the store has served a request. */
  served(): void;
}

/** One process: its own line, its own clocks, and an end. */
export class Process {
  readonly host: string;
  readonly pid: number;
  readonly gate = new Gate();
  readonly clock: ProcessClock;
  readonly line: Line;
  /** Closed, its watch of the registry says nothing more, while all else goes on. */
  readonly view = new Gate();
  readonly ports: Ports;
  /** What it tried to commit, and what it was told. */
  readonly commits: { readonly commit: Commit; readonly outcome: Outcome['outcome'] }[] = [];
  /** What happens elsewhere right before this process’s commit arrives. */
  beforeCommit: ((commit: Commit) => Promise<void>) | undefined;
  readonly logged: { readonly event: string; readonly fields: Record<string, unknown> }[] = [];
  /** How many renewals, its own seat's included, its watch of the leases told it of. */
  heartbeats = 0;
  readonly #store: ReturnType<typeof memoryStore>;
  readonly connection: Connection;
  #powered = true;

  /** @param slot of the agent that it is for: its connection is named by that */
  constructor(
    host: string,
    around: Surroundings,
    gone: (process: AgentRecord['process']) => boolean,
    slot?: Slot,
  ) {
    this.host = host;
    this.pid = around.next();
    this.clock = new ProcessClock(around.clock, this.gate);
    this.line = new Line(this.gate, around.clock, around.served);
    this.connection = new Connection(around.world, slot);
    this.line.changed = () => this.#tellServer();
    this.#store = memoryStore(around.world, this.line, this.connection);
    const { registry } = this.#store;
    this.ports = {
      ...this.#store,
      registry: {
        ...registry,
        commit: (commit) => this.#commit(registry, commit),
        watch: (filters, signal) => this.#watch(registry, filters, signal),
      },
      clock: this.clock,
      entropy: entropyOf(around),
      log: this.#log(),
      meters: {
        ...noMeters,
        heartbeats: (messages) => {
          this.heartbeats += messages;
        },
      },
      processes: { isGone: gone },
    };
  }

  get name(): string {
    return `process ${this.pid} on ${this.host}`;
  }

  /** SIGKILL: it does nothing any more, and the server notices that its connection closed. */
  async crash(): Promise<void> {
    this.gate.die();
    await this.#store[Symbol.asyncDispose]();
  }

  /** Its host lost power: it does nothing any more, and the server believes in it for a while. */
  vanish(): void {
    this.gate.die();
    this.#powered = false;
    this.#tellServer();
  }

  /** SIGSTOP: the connection stays until the server gives it up, nobody answers. */
  freeze(): void {
    this.gate.close();
    this.#tellServer();
  }

  thaw(): void {
    this.gate.open();
    this.#tellServer();
  }

  #tellServer(): void {
    const cutOff = this.line.down || !this.#powered;
    this.connection.become(cutOff ? 'cut-off' : this.gate.shut ? 'silent' : 'answering');
  }

  async #commit(registry: Ports['registry'], commit: Commit): Promise<Outcome> {
    await this.beforeCommit?.(commit);
    const outcome = await registry.commit(commit);
    this.commits.push({ commit, outcome: outcome.outcome });
    return outcome;
  }

  async *#watch(
    registry: Ports['registry'],
    filters: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Feed> {
    for await (const feed of registry.watch(filters, signal)) {
      await this.view.opened();
      yield feed;
    }
  }

  #log(): Log {
    const write = (event: string, fields: Record<string, unknown> = {}) =>
      void this.logged.push({ event, fields });
    return { debug: write, info: write, warn: write };
  }
}

function entropyOf({ next, fraction }: Surroundings): Entropy {
  return {
    runId: () => RunId.parse(`run${String(next()).padStart(6, '0')}`),
    eventId: () => `event-${next()}`,
    fraction,
  };
}

import { Connection } from '../adapters/memory/server/connection.ts';
import { MemoryServer } from '../adapters/memory/server/memory-server.ts';
import { NoReplyError, type Transport } from '../adapters/memory/server/transport.ts';
import { memorySignatures } from '../adapters/memory/signatures.ts';
import { memoryStore } from '../adapters/memory/store.ts';
import { VirtualClock } from '../adapters/memory/time/virtual-clock.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { RunId, type Slot } from '../domain/identity/names.ts';
import type { WallTime } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';

/** Never settles: what a process that was killed waits for. */
const forever = <T>(): Promise<T> => new Promise<T>(() => {});

/** A store in memory, a clock that a test advances, and processes on named hosts. */
export class MemoryFleet {
  readonly clock: VirtualClock;
  readonly server: MemoryServer;
  readonly #cutOff = new Set<string>();
  readonly #processes = new Set<MemoryProcess>();
  /** Uniform in [0, 1), the same in each run of a test. */
  readonly fraction: () => number;
  #numbers = 0;

  constructor(wall: WallTime | undefined, seed: number) {
    this.fraction = seededFractions(seed);
    this.clock = new VirtualClock(wall);
    this.server = new MemoryServer(this.clock);
  }

  /** Unique numbers, in the order of the calls, so that a test has the same ids in each run. */
  next(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  nextRunId(): RunId {
    return RunId.parse(`run${String(this.next()).padStart(6, '0')}`);
  }

  /** Whether this host has no network. */
  isCutOff(host: string): boolean {
    return this.#cutOff.has(host);
  }

  /** Starts a process. @param slot of its agent, which its connection names */
  process(host: string, outside: Pick<Ports, 'log' | 'metrics'>, slot?: Slot): MemoryProcess {
    const process = new MemoryProcess(this, host, outside, slot);
    this.#processes.add(process);
    return process;
  }

  async killAll(): Promise<void> {
    for (const process of this.#processes) await process.kill();
  }

  /** The processes of this host that are not closed or killed. */
  processesOf(host: string): readonly MemoryProcess[] {
    return [...this.#processes].filter((one) => one.host === host && one.isRunning);
  }

  /** Takes the network of a host away, or gives it back. */
  setNetwork(host: string, works: boolean): void {
    if (works) this.#cutOff.delete(host);
    else this.#cutOff.add(host);
    for (const process of this.processesOf(host)) process.networkChanged();
  }
}

/** One process with a connection of its own. */
export class MemoryProcess {
  readonly host: string;
  readonly ports: Ports;
  /** Aborts when it is killed. */
  readonly killed: AbortSignal;
  readonly #fleet: MemoryFleet;
  readonly #kill = new AbortController();
  readonly #connection: Connection;
  readonly #store: ReturnType<typeof memoryStore>;
  readonly #onConnection = new Set<(isUp: boolean) => void>();
  #isUp = true;
  #isClosed = false;

  constructor(
    fleet: MemoryFleet,
    host: string,
    outside: Pick<Ports, 'log' | 'metrics'>,
    slot?: Slot,
  ) {
    this.#fleet = fleet;
    this.host = host;
    this.killed = this.#kill.signal;
    this.#connection = new Connection(fleet.server, slot);
    this.#store = memoryStore(fleet.server, this.#transport(), this.#connection);
    const { clock } = fleet;
    this.networkChanged();
    this.ports = {
      ...this.#store,
      ...outside,
      clock: {
        wall: () => clock.wall(),
        monotonic: () => clock.monotonic(),
        sleep: async (duration, signal) => {
          await clock.sleep(duration, signal);
          if (this.killed.aborted) await forever();
        },
      },
      entropy: {
        runId: () => fleet.nextRunId(),
        eventId: () => `event-${fleet.next()}`,
        fraction: fleet.fraction,
      },
      processes: { isGone: () => false },
      signatures: memorySignatures,
      hash: systemHash,
    };
  }

  get isRunning(): boolean {
    return !this.#isClosed && !this.killed.aborted;
  }

  /** Calls the listener when it loses its connection and when it is back. Returns a function that removes it. */
  readonly onConnection = (listener: (isUp: boolean) => void): (() => void) => {
    this.#onConnection.add(listener);
    return () => this.#onConnection.delete(listener);
  };

  /** Its host got or lost its network. */
  networkChanged(): void {
    const isUp = !this.#fleet.isCutOff(this.host);
    if (isUp !== this.#isUp) for (const changed of this.#onConnection) changed(isUp);
    this.#isUp = isUp;
    this.#connection.become(this.#fleet.isCutOff(this.host) ? 'cut-off' : 'answering');
  }

  /** SIGKILL: nothing of it goes on, and the server sees its connection close. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#kill.abort();
    await this.#store[Symbol.asyncDispose]();
  }

  /** Closes its connection, after its work is done. */
  async close(): Promise<void> {
    if (!this.isRunning) return;
    this.#isClosed = true;
    await this.#store[Symbol.asyncDispose]();
  }

  #transport(): Transport {
    return {
      carry: async (serve) => {
        if (this.killed.aborted) return forever();
        if (this.#fleet.isCutOff(this.host))
          throw new NoReplyError('the host has no network', false);
        const answer = serve();
        // The answer of a step that killed this process, or took its network, does not arrive.
        await Promise.resolve();
        return this.killed.aborted ? forever() : answer;
      },
    };
  }
}

/** Numbers of a linear congruential generator: enough for the choice of an instance in a test. */
function seededFractions(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
